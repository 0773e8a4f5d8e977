import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { fromGlobalId, withPlainIds } from '../../graphql/globalId';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import type { ClassService } from '../datasets/class.service';
import { ClassType } from '../datasets/class.type';
import type { Dataset } from '../datasets/dataset.ports';
import { DatasetType } from '../datasets/dataset.type';
import type { Image } from '../images/image.entity';
import type { ImageService } from '../images/image.service';
import { ImageType } from '../images/image.type';
import type { AnnotatorService } from './annotator.service';
import {
  AgreementType,
  AnnotatorPairType,
  AnnotatorType,
  GoldImagePayload,
  GoldImageType,
  PredictionBiasType,
  ReviewEntryType,
  SetGoldImageInput,
} from './annotator.type';
import type { GoldService } from './gold.service';
import type { ReviewService } from './review.service';

@Resolver(() => DatasetType)
export class DatasetAnnotatorsResolver {
  constructor(
    private readonly people: AnnotatorService,
    private readonly gold: GoldService,
  ) {}

  @FieldResolver(() => AgreementType, {
    nullable: true,
    description: 'Null while no image has answers of two people.',
  })
  agreement(@Root() dataset: Dataset) {
    return this.people.agreement(dataset);
  }

  @FieldResolver(() => [AnnotatorType], { description: 'Who labelled here, most labels first.' })
  annotators(@Root() dataset: Dataset) {
    return this.people.annotators(dataset);
  }

  @FieldResolver(() => PredictionBiasType, {
    nullable: true,
    description: 'Null while no task was answered blind, or none with a prediction shown.',
  })
  predictionBias(@Root() dataset: Dataset) {
    return this.people.predictionBias(dataset);
  }

  @FieldResolver(() => [GoldImageType], { description: 'Images whose right class is known.' })
  goldImages(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.gold.ofDatasets, dataset.id);
  }

  @Mutation(() => GoldImagePayload, {
    description:
      'Says what an image is. It is put before annotators now and then as an ordinary task; their answers are counted and change nothing.',
  })
  setGoldImage(
    @Arg('input', () => SetGoldImageInput) input: SetGoldImageInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.gold.set(viewer, withPlainIds(input, { imageId: 'Image', classId: 'Class' }));
  }

  @Mutation(() => GoldImagePayload, {
    description: 'The image is an ordinary one again, agreed to be what its labels say.',
  })
  removeGoldImage(@Arg('imageId', () => ID) imageId: string, @Ctx() { viewer }: Context) {
    return this.gold.remove(viewer, fromGlobalId('Image', imageId));
  }
}

@Resolver(() => AnnotatorType)
export class AnnotatorResolver {
  constructor(private readonly auth: AuthService) {}

  @FieldResolver(() => UserType)
  person(@Root() { userId }: AnnotatorType, @Ctx() { loaders }: Context) {
    return loaders.load(this.auth.usersById, userId);
  }
}

@Resolver(() => AnnotatorPairType)
export class AnnotatorPairResolver {
  constructor(private readonly auth: AuthService) {}

  @FieldResolver(() => UserType)
  person(@Root() { userId }: AnnotatorPairType, @Ctx() { loaders }: Context) {
    return loaders.load(this.auth.usersById, userId);
  }

  @FieldResolver(() => UserType)
  other(@Root() { otherUserId }: AnnotatorPairType, @Ctx() { loaders }: Context) {
    return loaders.load(this.auth.usersById, otherUserId);
  }
}

@Resolver(() => GoldImageType)
export class GoldImageResolver {
  constructor(
    private readonly images: ImageService,
    private readonly classes: ClassService,
  ) {}

  @FieldResolver(() => ImageType)
  image(@Root() { imageId }: GoldImageType, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.byId, imageId);
  }

  @FieldResolver(() => ClassType, { name: 'class' })
  classOf(@Root() { classId }: GoldImageType, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, classId);
  }
}

@Resolver(() => ImageType)
export class ImageReviewResolver {
  constructor(
    private readonly reviews: ReviewService,
    private readonly golds: GoldService,
  ) {}

  @FieldResolver(() => GoldImageType, {
    nullable: true,
    description: 'Its right class, where somebody said it; people are measured on it.',
  })
  gold(@Root() image: Image, @Ctx() { loaders }: Context) {
    return loaders.load(this.golds.ofImages, image.id);
  }

  @FieldResolver(() => ReviewEntryType, {
    nullable: true,
    description: 'Why it waits in the lane REVIEW; null where it does not.',
  })
  review(@Root() image: Image, @Ctx() { loaders }: Context) {
    return loaders.load(this.reviews.ofImages, image.id);
  }
}

@Resolver(() => ReviewEntryType)
export class ReviewEntryResolver {
  constructor(
    private readonly images: ImageService,
    private readonly classes: ClassService,
  ) {}

  @FieldResolver(() => ClassType, { description: 'What it is agreed to be.' })
  givenClass(@Root() { givenClassId }: ReviewEntryType, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, givenClassId);
  }

  @FieldResolver(() => ClassType, { nullable: true, description: 'What it may be instead.' })
  suggestedClass(@Root() { suggestedClassId }: ReviewEntryType, @Ctx() { loaders }: Context) {
    return suggestedClassId && loaders.load(this.classes.byId, suggestedClassId);
  }

  @FieldResolver(() => ImageType, { nullable: true, description: 'The near-duplicate.' })
  otherImage(@Root() { otherImageId }: ReviewEntryType, @Ctx() { loaders }: Context) {
    return otherImageId ? loaders.load(this.images.byId, otherImageId) : null;
  }
}
