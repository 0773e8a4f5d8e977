import {
  Arg,
  Ctx,
  FieldResolver,
  ID,
  Resolver,
  Root,
  Subscription,
  type SubscribeResolverData,
} from 'type-graphql';
import type { Viewer } from '../../domain/viewer';
import type { SocketContext } from '../../graphql/context';
import { mapStream } from '../../graphql/mapStream';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import { mayOnDataset } from '../datasets/dataset.policy';
import type { DatasetService } from '../datasets/dataset.service';
import { RetrainRunStatus } from '../../../shared/enums';
import type { RetrainRun } from '../training/retrainRun.entity';
import type { RetrainRunService } from '../training/retrainRun.service';
import { RetrainRunType } from '../training/retrainRun.type';
import { fromCursor, type EventRecord } from './event.ports';
import type { EventHub } from './eventHub';
import type { EventStore } from './eventStore';
import { DatasetEvent, type EventClasses } from './event.type';
import { InvalidCursorError } from './events.errors';

export interface EventArgs {
  datasetId: string;
  after?: string | null;
}

/** What the subscriptions follow; in the socket’s context, because type-graphql subscribes before it has an instance. */
export class EventFeeds {
  constructor(
    private readonly hub: EventHub,
    private readonly events: EventStore,
    private readonly datasets: DatasetService,
    private readonly runs: RetrainRunService,
  ) {}

  async datasetEvents({ datasetId, after }: EventArgs, { viewer, terminate }: SocketContext) {
    const { dataset } = await this.datasets.open(viewer, datasetId, 'view');
    // Without a cursor from this very moment on: the hub may be a poll behind.
    const position = after ? fromCursor(after) : await this.events.now();
    if (!position) throw new InvalidCursorError();
    const stream = this.hub.subscribe(dataset.id, {
      after: position,
      ...(terminate && { onStalled: terminate }),
    });
    return mapStream(stream, (event) => (mayStillSee(viewer, event) ? event : undefined));
  }

  /** The run as it is now, then at every change; completes when it is over. */
  async runProgress(runId: string, { viewer, terminate }: SocketContext) {
    const run = await this.runs.open(viewer, runId);
    const stream = this.hub.subscribe(run.datasetId, {
      ...(terminate && { onStalled: terminate }),
    });
    const current = async () => (await this.runs.byId([run.id])).get(run.id);
    const first = await current();
    return mapStream(
      stream,
      async (event) =>
        'runId' in event.payload && event.payload.runId === run.id && event.type.startsWith('run.')
          ? current()
          : undefined,
      { first, isLast: isOver },
    );
  }
}

const mayStillSee = (viewer: Viewer | null, event: EventRecord) =>
  mayOnDataset(viewer, 'view', { id: event.datasetId });

const isOver = ({ status }: RetrainRun) =>
  status !== RetrainRunStatus.QUEUED && status !== RetrainRunStatus.RUNNING;

type Feed<A> = SubscribeResolverData<unknown, A, SocketContext & { feeds: EventFeeds }>;

@Resolver(() => DatasetEvent)
export class EventResolver {
  constructor(
    private readonly auth: AuthService,
    private readonly classes: EventClasses,
  ) {}

  @Subscription(() => DatasetEvent, {
    description:
      'The dataset’s events in commit order, from `after` on, without gaps or repeats. Errors end it: ' +
      'RESYNC_REQUIRED (cursor too old: query afresh), INVALID_CURSOR, TOO_SLOW (resume with the last cursor).',
    subscribe: ({ args, context }: Feed<EventArgs>) => context.feeds.datasetEvents(args, context),
  })
  datasetEvents(
    @Root() record: EventRecord,
    @Arg('datasetId', () => ID) _datasetId: string,
    @Arg('after', () => String, { nullable: true }) _after?: string,
  ): DatasetEvent {
    return Object.assign(new this.classes[record.type](), { record });
  }

  @Subscription(() => RetrainRunType, {
    description: 'The run as it is now, then at every change; completes when it is over.',
    subscribe: ({ args, context }: Feed<{ runId: string }>) =>
      context.feeds.runProgress(args.runId, context),
  })
  retrainRunProgress(@Root() run: RetrainRun, @Arg('runId', () => ID) _runId: string): RetrainRun {
    return run;
  }

  @FieldResolver(() => UserType, {
    nullable: true,
    description: 'Who did it; null for the machine.',
  })
  actor(@Root() { record }: DatasetEvent, @Ctx() { loaders }: SocketContext) {
    return record.actorId && loaders.load(this.auth.usersById, record.actorId);
  }
}
