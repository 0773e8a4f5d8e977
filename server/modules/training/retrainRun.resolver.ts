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
  @Field(() => Int, { defaultValue: 20, description: 'Maximum number of entries.' })
  override first!: number;
}

@Resolver(() => RetrainRunType)
export class RetrainRunResolver {
  constructor(
    private readonly runs: RetrainRunService,
    private readonly datasets: DatasetService,
    private readonly auth: AuthService,
  ) {}

  @Query(() => RetrainRunType, {
    nullable: true,
    description: 'The run with this id. Null if there is none.',
  })
  retrainRun(
    @Arg('id', () => ID, { description: 'The run’s global id.' }) id: string,
    @Ctx() { viewer }: Context,
  ) {
    return this.runs.open(viewer, fromGlobalId('RetrainRun', id));
  }

  @Mutation(() => RetrainRunPayload, {
    description:
      'Queues a retrain run. People and datasets take turns: the one served longest ago comes first. A person ' +
      'has one network run at a time. A network that trains for 8 hours ' +
      '(LABELLOOP_MAX_TRAINING_HOURS) ends with its best epoch. Errors: InvalidState (such a run ' +
      'is active, labels are missing), LimitExceeded.',
  })
  async startRetrainRun(
    @Arg('input', () => StartRetrainRunInput, { description: 'Input of the mutation.' })
    input: StartRetrainRunInput,
    @Ctx() { viewer }: Context,
  ) {
    const order = withPlainIds(input, { datasetId: 'Dataset' });
    return { run: await this.runs.start(viewer, order) };
  }

  @Mutation(() => RetrainRunPayload, {
    description:
      'Cancels a queued or running run. The person who started it and the owner of the dataset ' +
      'may do it. Automatic runs are the owner’s. Errors: Forbidden, InvalidState (it has ended).',
  })
  async cancelRetrainRun(
    @Arg('input', () => CancelRetrainRunInput, { description: 'Input of the mutation.' })
    { id }: CancelRetrainRunInput,
    @Ctx() { viewer }: Context,
  ) {
    return { run: await this.runs.cancel(viewer, fromGlobalId('RetrainRun', id)) };
  }

  @FieldResolver(() => DatasetType, { description: 'The dataset.' })
  dataset(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return loaders.load(this.datasets.byId, run.datasetId);
  }

  @FieldResolver(() => UserType, {
    nullable: true,
    description: 'The person who started it. Null for an automatic run.',
  })
  startedBy(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return run.startedBy && loaders.load(this.auth.usersById, run.startedBy);
  }
}

@Resolver(() => DatasetType)
export class DatasetRunsResolver {
  constructor(private readonly runs: RetrainRunService) {}

  @FieldResolver(() => RetrainRunConnection, { description: 'Its runs, newest first.' })
  async retrainRuns(@Root() dataset: Dataset, @Args(() => RunsArgs) args: RunsArgs) {
    const request = pageRequest(args, ['integer']);
    const page = await this.runs.page(dataset.id, request);
    return { ...toConnection(page, request), totalCount: page.totalCount };
  }

  @FieldResolver(() => RetrainRunType, {
    nullable: true,
    description: 'The run whose model made the current predictions. Null before the first one.',
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
    description: 'The run that trains a network now. Heads are fitted meanwhile.',
  })
  activeDeepRun(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.runs.activeDeepOf, dataset.id);
  }

  @FieldResolver(() => Int, {
    description:
      'Number of labels on embedded images that the last run did not use. The next ' +
      'automatic run starts when it reaches autoRetrainAfter.',
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
      'The run that started when everything was embedded. If it failed, the next run ' +
      'switches the backbone.',
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

    @FieldResolver(() => RetrainRunType, { description: 'The run.' })
    run(@Root() event: DatasetEvent, @Ctx() { loaders }: Context) {
      return loaders.load(this.runs.byId, payloadOf(event, 'run.progressed').runId);
    }
  }
  return RunEventResolver;
}

export const RunProgressedResolver = runEventResolver(RunProgressed);
export const RunPublishedResolver = runEventResolver(RunPublished);
export const RunEndedResolver = runEventResolver(RunEnded);
