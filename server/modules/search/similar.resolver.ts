import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { fromGlobalId } from '../../graphql/globalId';
import type { ImageService } from '../images/image.service';
import { ImageType, plainFilter } from '../images/image.type';
import type { SimilarService } from './similar.service';
import { SimilarImage, SimilarImagesArgs } from './similar.type';

@Resolver(() => SimilarImage)
export class SimilarResolver {
  constructor(
    private readonly similar: SimilarService,
    private readonly images: ImageService,
  ) {}

  @Query(() => [SimilarImage], {
    nullable: true,
    description:
      'The images most similar to the given ones, most similar first, without the given ' +
      'ones and those of blind tasks of the viewer. Errors: INVALID_STATE (not embedded yet, no ' +
      'backbone, a blind task), BAD_USER_INPUT (no image, or of several datasets).',
  })
  similarImages(
    @Args(() => SimilarImagesArgs) args: SimilarImagesArgs,
    @Ctx() { viewer }: Context,
  ) {
    const plain = { ...args, imageIds: args.imageIds.map((id) => fromGlobalId('Image', id)) };
    return this.similar.find(viewer, { ...plain, filter: plainFilter(args.filter) });
  }

  @FieldResolver(() => ImageType, { description: 'The image.' })
  image(@Root() { imageId }: SimilarImage, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.byId, imageId);
  }
}
