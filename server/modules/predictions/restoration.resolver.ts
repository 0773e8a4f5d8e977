import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { fromGlobalId } from '../../graphql/globalId';
import type { RetrainRun } from '../training/run.ports';
import { RetrainRunPayload, RetrainRunType } from '../training/retrainRun.type';
import type { RetainedPredictions } from './retainedPredictions';
import type { RestorationService } from './restoration.service';
import {
  MakeRunCurrentInput,
  RestoreRunPredictionsInput,
  RunRestorationType,
} from './restoration.type';

@Resolver(() => RetrainRunType)
export class RestorationResolver {
  constructor(
    private readonly restorations: RestorationService,
    private readonly kept: RetainedPredictions,
  ) {}

  @Mutation(() => RetrainRunPayload, {
    description:
      'Restores the model of an earlier published run for everybody, with its predictions ' +
      'and its queue order. If its predictions were deleted, it takes effect when they are ' +
      'computed again. Later runs continue as usual. Errors: InvalidState (never published, ' +
      'another backbone, a run in progress).',
  })
  async makeRunCurrent(
    @Arg('input', () => MakeRunCurrentInput, { description: 'Input of the mutation.' })
    { id }: MakeRunCurrentInput,
    @Ctx() { viewer }: Context,
  ) {
    return { run: await this.restorations.makeCurrent(viewer, fromGlobalId('RetrainRun', id)) };
  }

  @Mutation(() => RetrainRunPayload, {
    description:
      'Computes the deleted predictions of a published run again, for comparison. See ' +
      'restoration.',
  })
  async restoreRunPredictions(
    @Arg('input', () => RestoreRunPredictionsInput, { description: 'Input of the mutation.' })
    { id }: RestoreRunPredictionsInput,
    @Ctx() { viewer }: Context,
  ) {
    return { run: await this.restorations.restore(viewer, fromGlobalId('RetrainRun', id)) };
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether its predictions are stored. Those of the last runs are. ' +
      'restoreRunPredictions computes others again.',
  })
  predictionsKept(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return loaders.load(this.kept.ofRuns, run.id);
  }

  @FieldResolver(() => RunRestorationType, {
    nullable: true,
    description: 'Progress while its predictions are computed again. Null otherwise.',
  })
  restoration(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return loaders.load(this.restorations.ofRuns, run.id);
  }
}
