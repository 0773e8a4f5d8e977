import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Mutation,
  Resolver,
  Root,
} from 'type-graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { Info } from 'type-graphql';
import { ImageOrder } from '../../../shared/enums';
import type { Context } from '../../graphql/context';
import { fromGlobalId, withPlainIds } from '../../graphql/globalId';
import { Conflict } from '../../graphql/mutationError.type';
import { PageArgs, pageRequest, toConnection } from '../../graphql/pagination';
import { selects } from '../../graphql/selection';
import type { Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import { DatasetCountsType, DatasetType } from '../datasets/dataset.type';
import { countsFor, type EventCounts } from '../datasets/dataset.ports';
import { payloadOf } from '../events/event.type';
import { ImagesStored, ImportProgressed } from './image.events';
import type { Image } from './image.entity';
import { sortKeyOf } from './image.repository';
import type { ImageService } from './image.service';
import { ImageConnection, ImageFilter, ImageType, plainFilter } from './image.type';
import { ImportType } from './imports/import.type';
import {
  CompleteUploadsInput,
  CompleteUploadsPayload,
  CreateUploadsInput,
  CreateUploadsPayload,
} from './uploads/upload.input';
import type { UploadService } from './uploads/upload.service';

@ArgsType()
class ImagesArgs extends PageArgs {
  @Field(() => ImageOrder, { defaultValue: ImageOrder.UPLOADED, description: 'Order of the list.' })
  orderBy!: ImageOrder;

  @Field(() => ImageFilter, {
    nullable: true,
    description: 'Only entries that meet these conditions.',
  })
  filter?: ImageFilter;
}

@Resolver(() => ImageType)
export class ImageResolver {
  constructor(
    private readonly images: ImageService,
    private readonly datasets: DatasetService,
    private readonly uploads: UploadService,
  ) {}

  @Mutation(() => CreateUploadsPayload, {
    description: 'Creates upload tickets, whose addresses take file bytes by PUT.',
  })
  async createUploads(
    @Arg('input', () => CreateUploadsInput, { description: 'Input of the mutation.' })
    input: CreateUploadsInput,
    @Ctx() { viewer }: Context,
  ) {
    const order = withPlainIds(input, { datasetId: 'Dataset' });
    return { tickets: await this.uploads.createTickets(viewer, order) };
  }

  @Mutation(() => CompleteUploadsPayload, {
    description: 'Turns uploaded bytes into images. It can be repeated.',
  })
  async completeUploads(
    @Arg('input', () => CompleteUploadsInput, { description: 'Input of the mutation.' })
    input: CompleteUploadsInput,
    @Ctx() { viewer }: Context,
  ) {
    const ids = input.ticketIds.map((id) => fromGlobalId('UploadTicket', id));
    return { results: await this.uploads.complete(viewer, ids) };
  }

  @FieldResolver(() => DatasetType, { description: 'Its dataset.' })
  dataset(@Root() image: Image, @Ctx() { loaders }: Context) {
    return loaders.load(this.datasets.byId, image.datasetId);
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether it has an embedding by the dataset’s backbone.',
  })
  embedded(@Root() image: Image, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.embedded, image.id);
  }
}

@Resolver(() => DatasetType)
export class DatasetImagesResolver {
  constructor(private readonly imageService: ImageService) {}

  @FieldResolver(() => ImageConnection, { description: 'Its images.' })
  async images(
    @Root() dataset: Dataset,
    @Args(() => ImagesArgs) args: ImagesArgs,
    @Info() info: GraphQLResolveInfo,
    @Ctx() { viewer }: Context,
  ) {
    const request = pageRequest(args, sortKeyOf(args.orderBy));
    const filter = plainFilter(args.filter);
    const view = await this.imageService.viewOf(viewer, dataset);
    const page = await this.imageService.page(dataset, filter, args.orderBy, request, view);
    const totalCount = selects(info, 'totalCount')
      ? await this.imageService.count(dataset, filter, args.orderBy, view)
      : 0;
    return { ...toConnection(page, request), totalCount };
  }

  @FieldResolver(() => [ImportType], { description: 'Zip imports, newest first.' })
  imports(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.imageService.importsOf, dataset.id);
  }
}

@Resolver(() => Conflict)
export class ConflictResolver {
  constructor(private readonly images: ImageService) {}

  @FieldResolver(() => ImageType, { description: 'The image in its present state.' })
  image(@Root() conflict: Conflict, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.byId, conflict.imageId);
  }
}

@Resolver(() => ImagesStored)
export class ImagesStoredResolver {
  constructor(
    private readonly imageService: ImageService,
    private readonly counter: EventCounts,
  ) {}

  @FieldResolver(() => [ImageType], { description: 'The stored images, at most 100.' })
  async images(@Root() event: ImagesStored, @Ctx() { loaders }: Context) {
    const { imageIds } = payloadOf(event, 'images.stored');
    const images = await Promise.all(
      imageIds.map((id) => loaders.load(this.imageService.byId, id)),
    );
    return images.filter((image) => image !== undefined);
  }

  @FieldResolver(() => DatasetCountsType, { description: 'The dataset’s counts now.' })
  async counts(@Root() event: ImagesStored, @Ctx() { viewer }: Context) {
    return countsFor(viewer, await this.counter.atEvent(event.record));
  }
}

@Resolver(() => ImportProgressed)
export class ImportProgressedResolver {
  constructor(private readonly images: ImageService) {}

  @FieldResolver(() => ImportType, { description: 'The import.' })
  import(@Root() event: ImportProgressed, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.importsById, payloadOf(event, 'import.progressed').importId);
  }
}
