import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { fromGlobalId } from '../../graphql/globalId';
import type { RetrainRun } from '../training/retrainRun.entity';
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
      'Makes an earlier published run’s model the current one again, for everybody: its predictions, and the queue ' +
      'in the order they give. At once, or, where they were dropped, when restoration is done. The next run goes ' +
      'on as usual. Errors: InvalidState (never published, another backbone, a run at work).',
  })
  async makeRunCurrent(
    @Arg('input', () => MakeRunCurrentInput) { id }: MakeRunCurrentInput,
    @Ctx() { viewer }: Context,
  ) {
    return { run: await this.restorations.makeCurrent(viewer, fromGlobalId('RetrainRun', id)) };
  }

  @Mutation(() => RetrainRunPayload, {
    description:
      'Makes the dropped predictions of a published run anew, to compare it with others; see restoration.',
  })
  async restoreRunPredictions(
    @Arg('input', () => RestoreRunPredictionsInput) { id }: RestoreRunPredictionsInput,
    @Ctx() { viewer }: Context,
  ) {
    return { run: await this.restorations.restore(viewer, fromGlobalId('RetrainRun', id)) };
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether its predictions are there to compare. Those of the last runs are; restoreRunPredictions makes others.',
  })
  predictionsKept(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return loaders.load(this.kept.ofRuns, run.id);
  }

  @FieldResolver(() => RunRestorationType, {
    nullable: true,
    description: 'While its predictions are being made anew.',
  })
  restoration(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return loaders.load(this.restorations.ofRuns, run.id);
  }
}
