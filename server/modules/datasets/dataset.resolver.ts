import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { fromGlobalId, withPlainIds } from '../../graphql/globalId';
import { PageArgs, pageRequest, toConnection } from '../../graphql/pagination';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import { toCursor, type EventPositions } from '../events/event.ports';
import { ClassType } from './class.type';
import type { ClassService } from './class.service';
import { CreateDatasetInput, UpdateDatasetInput } from './dataset.input';
import { DatasetConnection, DatasetCountsType, DatasetPayload, DatasetType } from './dataset.type';
import { countsFor, isReviewer } from './dataset.ports';
import type { DatasetCounter } from './datasetCounts';
import type { Dataset } from './dataset.entity';
import type { DatasetService } from './dataset.service';

@Resolver(() => DatasetType)
export class DatasetResolver {
  constructor(
    private readonly datasetService: DatasetService,
    private readonly classes: ClassService,
    private readonly counter: DatasetCounter,
    private readonly auth: AuthService,
    private readonly events: EventPositions,
  ) {}

  @Query(() => DatasetConnection, { description: 'All datasets, newest first.' })
  async datasets(@Args(() => PageArgs) args: PageArgs, @Ctx() { viewer }: Context) {
    const request = pageRequest(args, ['uuid']);
    const page = await this.datasetService.list(viewer, request);
    return { ...toConnection(page, request), totalCount: page.totalCount };
  }

  @Query(() => DatasetType, {
    nullable: true,
    description: 'The dataset with this id. Null if there is none.',
  })
  async dataset(
    @Arg('id', () => ID, { description: 'The dataset’s global id.' }) id: string,
    @Ctx() { viewer }: Context,
  ) {
    return (await this.datasetService.open(viewer, fromGlobalId('Dataset', id), 'view')).dataset;
  }

  @Mutation(() => DatasetPayload, { description: 'Creates a dataset.' })
  async createDataset(
    @Arg('input', () => CreateDatasetInput, { description: 'Input of the mutation.' })
    input: CreateDatasetInput,
    @Ctx() { viewer }: Context,
  ) {
    return { dataset: await this.datasetService.create(viewer, input) };
  }

  @Mutation(() => DatasetPayload, { description: 'Changes a dataset’s name or settings.' })
  async updateDataset(
    @Arg('input', () => UpdateDatasetInput, { description: 'Input of the mutation.' })
    input: UpdateDatasetInput,
    @Ctx() { viewer }: Context,
  ) {
    const changes = withPlainIds(input, { id: 'Dataset' });
    return { dataset: await this.datasetService.update(viewer, changes) };
  }

  @FieldResolver(() => UserType, { description: 'The person who created it.' })
  createdBy(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.auth.usersById, dataset.createdBy);
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether the viewer may see and change gold images: the person who created it.',
  })
  viewerIsReviewer(@Root() dataset: Dataset, @Ctx() { viewer }: Context) {
    return isReviewer(viewer, dataset);
  }

  @FieldResolver(() => [ClassType], {
    name: 'classes',
    description: 'Its classes, in their order.',
  })
  async classesOf(
    @Root() dataset: Dataset,
    @Arg('includeArchived', () => Boolean, {
      defaultValue: false,
      description: 'Whether to include archived classes.',
    })
    includeArchived: boolean,
    @Ctx() { loaders }: Context,
  ) {
    const classes = await loaders.load(this.classes.ofDataset, dataset.id);
    return classes?.filter((one) => includeArchived || !one.archivedAt);
  }

  @FieldResolver(() => DatasetCountsType, { description: 'Counts of its images and labels.' })
  async counts(@Root() dataset: Dataset, @Ctx() { viewer, loaders }: Context) {
    return countsFor(viewer, await loaders.load(this.counter.ofDatasets, dataset.id));
  }

  @FieldResolver(() => String, {
    description:
      'Cursor of the latest event. Read it before anything else and subscribe `after` it, ' +
      'and no event is missed.',
  })
  async eventCursor() {
    return toCursor(await this.events.now());
  }
}
