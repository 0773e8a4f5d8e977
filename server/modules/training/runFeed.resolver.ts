import { Arg, ID, Resolver, Root, Subscription, type SubscribeResolverData } from 'type-graphql';
import { RetrainRunStatus } from '../../../shared/enums';
import type { SocketContext } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import { mapStream } from '../../graphql/mapStream';
import type { EventFeed, EventRecord } from '../events/event.ports';
import type { RetrainRun } from './retrainRun.entity';
import type { RetrainRunService } from './retrainRun.service';
import { RetrainRunType } from './retrainRun.type';

interface RunArgs {
  runId: string;
}

/**
 * What the subscription `retrainRunProgress` follows. It is in the socket’s context, because type-graphql subscribes
 * before it has an instance of the resolver.
 */
export class RunFeed {
  /** The run after an event. All of its subscriptions receive the same object. */
  private readonly atEvent = new WeakMap<EventRecord, Promise<RetrainRun | undefined>>();

  constructor(
    private readonly events: EventFeed,
    private readonly runs: RetrainRunService,
  ) {}

  /** The run as it is now, then at every change. It completes when the run is over. */
  async open({ runId }: RunArgs, { viewer, terminate }: SocketContext) {
    const run = await this.runs.open(viewer, runId);
    const stream = this.events.subscribe(run.datasetId, {
      ...(terminate && { onStalled: terminate }),
    });
    const first = await this.read(run.id);
    return mapStream(
      stream,
      async (event) =>
        'runId' in event.payload && event.payload.runId === run.id && event.type.startsWith('run.')
          ? this.after(event, run.id)
          : undefined,
      { first, isLast: isOver },
    );
  }

  private after(event: EventRecord, runId: string): Promise<RetrainRun | undefined> {
    const known = this.atEvent.get(event) ?? this.read(runId);
    this.atEvent.set(event, known);
    return known;
  }

  private async read(runId: string): Promise<RetrainRun | undefined> {
    return (await this.runs.byId([runId])).get(runId);
  }
}

const isOver = ({ status }: RetrainRun) =>
  status !== RetrainRunStatus.QUEUED && status !== RetrainRunStatus.RUNNING;

type Feed = SubscribeResolverData<unknown, RunArgs, SocketContext & { runs: RunFeed }>;

@Resolver()
export class RunFeedResolver {
  @Subscription(() => RetrainRunType, {
    description:
      'The run in its present state, and again after every change. It completes when the ' +
      'run has ended.',
    subscribe: ({ args, context }: Feed) =>
      context.runs.open(withPlainIds(args, { runId: 'RetrainRun' }), context),
  })
  retrainRunProgress(
    @Root() run: RetrainRun,
    @Arg('runId', () => ID, { description: 'The run.' }) _runId: string,
  ): RetrainRun {
    return run;
  }
}
