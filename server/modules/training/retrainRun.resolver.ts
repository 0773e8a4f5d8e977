import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { Context } from '../../graphql/context';
import { fromGlobalId, withPlainIds } from '../../graphql/globalId';
import { PageArgs, pageRequest, toConnection } from '../../graphql/pagination';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import type { Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import { DatasetType } from '../datasets/dataset.type';
import type { BackboneProgress } from '../embeddings/embedding.ports';
import { BackboneChangeType } from '../embeddings/backboneChange.type';
import { payloadOf, type DatasetEvent, type EventClass } from '../events/event.type';
import { RunEnded, RunProgressed, RunPublished } from './retrainRun.events';
import type { RetrainRun } from './retrainRun.entity';
import type { RetrainRunService } from './retrainRun.service';
import { CancelRetrainRunInput, StartRetrainRunInput } from './retrainRun.input';
import { RetrainRunConnection, RetrainRunPayload, RetrainRunType } from './retrainRun.type';

@ArgsType()
class RunsArgs extends PageArgs {
  @Field(() => Int, { defaultValue: 20 })
  override first!: number;
}

@Resolver(() => RetrainRunType)
export class RetrainRunResolver {
  constructor(
    private readonly runs: RetrainRunService,
    private readonly datasets: DatasetService,
    private readonly auth: AuthService,
  ) {}

  @Query(() => RetrainRunType, { nullable: true })
  retrainRun(@Arg('id', () => ID) id: string, @Ctx() { viewer }: Context) {
    return this.runs.open(viewer, fromGlobalId('RetrainRun', id));
  }

  @Mutation(() => RetrainRunPayload)
  async startRetrainRun(
    @Arg('input', () => StartRetrainRunInput) input: StartRetrainRunInput,
    @Ctx() { viewer }: Context,
  ) {
    const order = withPlainIds(input, { datasetId: 'Dataset' });
    return { run: await this.runs.start(viewer, order) };
  }

  @Mutation(() => RetrainRunPayload)
  async cancelRetrainRun(
    @Arg('input', () => CancelRetrainRunInput) { id }: CancelRetrainRunInput,
    @Ctx() { viewer }: Context,
  ) {
    return { run: await this.runs.cancel(viewer, fromGlobalId('RetrainRun', id)) };
  }

  @FieldResolver(() => DatasetType)
  dataset(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return loaders.load(this.datasets.byId, run.datasetId);
  }

  @FieldResolver(() => UserType, { nullable: true })
  startedBy(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return run.startedBy && loaders.load(this.auth.usersById, run.startedBy);
  }
}

@Resolver(() => DatasetType)
export class DatasetRunsResolver {
  constructor(private readonly runs: RetrainRunService) {}

  @FieldResolver(() => RetrainRunConnection)
  async retrainRuns(@Root() dataset: Dataset, @Args(() => RunsArgs) args: RunsArgs) {
    const request = pageRequest(args, ['integer']);
    const page = await this.runs.page(dataset.id, request);
    return { ...toConnection(page, request), totalCount: page.totalCount };
  }

  @FieldResolver(() => RetrainRunType, {
    nullable: true,
    description: 'The run whose model the current predictions come from.',
  })
  currentRun(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return dataset.currentRunId && loaders.load(this.runs.byId, dataset.currentRunId);
  }

  @FieldResolver(() => RetrainRunType, {
    nullable: true,
    description: 'The run of the recipe HEAD that is queued or running now.',
  })
  activeRun(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.runs.activeOf, dataset.id);
  }

  @FieldResolver(() => RetrainRunType, {
    nullable: true,
    description: 'The run that trains a network now. Heads go on being fitted meanwhile.',
  })
  activeDeepRun(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.runs.activeDeepOf, dataset.id);
  }

  @FieldResolver(() => Int, {
    description:
      'Labels that the last run did not see and the next one can learn from, their images being embedded: the next automatic run starts at autoRetrainAfter.',
  })
  labelsSinceLastRun(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.runs.labelsSince, dataset.id);
  }
}

@Resolver(() => BackboneChangeType)
export class BackboneChangeRunResolver {
  constructor(private readonly runs: RetrainRunService) {}

  @FieldResolver(() => RetrainRunType, {
    nullable: true,
    description:
      'The run that was started once everything was embedded. Should it have failed, the next run switches.',
  })
  run(@Root() { runId }: BackboneProgress, @Ctx() { loaders }: Context) {
    return runId && loaders.load(this.runs.byId, runId);
  }
}

/** The same field on each kind of event about a run. */
function runEventResolver(eventType: EventClass) {
  @Resolver(() => eventType)
  class RunEventResolver {
    constructor(private readonly runs: RetrainRunService) {}

    @FieldResolver(() => RetrainRunType)
    run(@Root() event: DatasetEvent, @Ctx() { loaders }: Context) {
      return loaders.load(this.runs.byId, payloadOf(event, 'run.progressed').runId);
    }
  }
  return RunEventResolver;
}

export const RunProgressedResolver = runEventResolver(RunProgressed);
export const RunPublishedResolver = runEventResolver(RunPublished);
export const RunEndedResolver = runEventResolver(RunEnded);
