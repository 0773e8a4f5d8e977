import { Arg, ID, Resolver, Root, Subscription, type SubscribeResolverData } from 'type-graphql';
import { RetrainRunStatus } from '../../../shared/enums';
import type { SocketContext } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import { mapStream } from '../../graphql/mapStream';
import type { EventFeed } from '../events/event.ports';
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
