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
import type { BlindGuard } from '../../domain/blind';
import type { Viewer } from '../../domain/viewer';
import { InvalidCursorError } from '../../domain/errors';
import type { SocketContext } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import { mapStream } from '../../graphql/mapStream';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import {
  fromCursor,
  isAfter,
  type EventAccess,
  type EventPositions,
  type EventRecord,
  type Position,
} from './event.ports';
import type { EventHub } from './eventHub';
import type { EventStream, StreamOptions } from './eventStream';
import { DatasetEvent, type EventClasses } from './event.type';
import { ResyncRequiredError } from './events.errors';

export interface EventArgs {
  datasetId: string;
  after?: string | null;
}

/** A stream, and the position after which its events are delivered. */
interface Started {
  stream: EventStream;
  start: Position;
}

/**
 * What the subscription `datasetEvents` follows. It is in the socket’s context, because type-graphql subscribes
 * before it has an instance of the resolver.
 */
export class DatasetEventFeed {
  constructor(
    private readonly hub: EventHub,
    private readonly events: EventPositions,
    private readonly access: EventAccess,
    private readonly blinds: BlindGuard,
  ) {}

  async open({ datasetId, after }: EventArgs, { viewer, terminate }: SocketContext) {
    const { dataset } = await this.access.open(viewer, datasetId, 'view');
    const options = terminate && { onStalled: terminate };
    const { stream, start } = after
      ? await this.after(after, dataset.id, options)
      : await this.fromNow(dataset.id, options);
    return mapStream(stream, async (event) =>
      isAfter(event.position, start) &&
      this.access.mayView(viewer, event.datasetId) &&
      !(await this.isHidden(viewer, event))
        ? event
        : undefined,
    );
  }

  /** The hub may be one poll behind, so its next events may be older than now. */
  private async fromNow(datasetId: string, options: StreamOptions = {}): Promise<Started> {
    const stream = this.hub.subscribe(datasetId, options);
    try {
      return { stream, start: await this.events.now() };
    } catch (error) {
      stream.end();
      throw error;
    }
  }

  private async after(
    cursor: string,
    datasetId: string,
    options: StreamOptions = {},
  ): Promise<Started> {
    const start = await this.positionOf(cursor);
    return { stream: this.hub.subscribe(datasetId, { ...options, after: start }), start };
  }

  private async positionOf(after: string): Promise<Position> {
    const position = fromCursor(after);
    if (!position)
      throw new InvalidCursorError(
        'after',
        'This is not an event cursor. Use dataset.eventCursor or the cursor of an event.',
      );
    // Nobody can have received it from this database. Its events would never be delivered.
    if (isAfter(position, await this.events.now())) throw new ResyncRequiredError();
    return position;
  }

  /** Whether it is another person's answer to an image that the viewer is about to answer. */
  private async isHidden(viewer: Viewer | null, event: EventRecord): Promise<boolean> {
    if (!('imageId' in event.payload) || event.actorId === viewer?.id) return false;
    return (await this.blinds.of(viewer)).answers.has(event.payload.imageId);
  }
}

type Feed = SubscribeResolverData<
  unknown,
  EventArgs,
  SocketContext & { datasetEvents: DatasetEventFeed }
>;

@Resolver(() => DatasetEvent)
export class EventResolver {
  constructor(
    private readonly auth: AuthService,
    private readonly classes: EventClasses,
  ) {}

  @Subscription(() => DatasetEvent, {
    description:
      'The dataset’s events in commit order, starting after a cursor, without gaps or ' +
      'repeats. An answer of another person is left out while the viewer holds a task for its ' +
      'image in the lane HARD or AUDIT. Errors that end it: RESYNC_REQUIRED (cursor too old, or ' +
      'of another database: query again), ' +
      'INVALID_CURSOR, TOO_SLOW (resume with the last cursor).',
    subscribe: ({ args, context }: Feed) =>
      context.datasetEvents.open(withPlainIds(args, { datasetId: 'Dataset' }), context),
  })
  datasetEvents(
    @Root() record: EventRecord,
    @Arg('datasetId', () => ID, { description: 'The dataset.' }) _datasetId: string,
    @Arg('after', () => String, {
      nullable: true,
      description:
        'Cursor of the last event that the client has. Default: only events from now on.',
    })
    _after?: string,
  ): DatasetEvent {
    return Object.assign(new this.classes[record.type](), { record });
  }

  @FieldResolver(() => UserType, {
    nullable: true,
    description: 'The person who caused it. Null for the server.',
  })
  actor(@Root() { record }: DatasetEvent, @Ctx() { loaders }: SocketContext) {
    return record.actorId && loaders.load(this.auth.usersById, record.actorId);
  }
}
