import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { BlindGuard } from '../../domain/blind';
import type { Context } from '../../graphql/context';
import { fromGlobalId, withPlainIds } from '../../graphql/globalId';
import { hiddenFrom, hidesAnswers } from '../../graphql/hidden';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import type { ClassService } from '../datasets/class.service';
import { ClassType } from '../datasets/class.type';
import { isReviewer, type Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import { DatasetType } from '../datasets/dataset.type';
import type { Image } from '../images/image.ports';
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
    description: 'Agreement of its annotators. Null while no image has answers of two people.',
  })
  agreement(@Root() dataset: Dataset, @Ctx() { viewer }: Context) {
    return this.people.agreement(viewer, dataset);
  }

  @FieldResolver(() => [AnnotatorType], {
    description: 'People who labelled in it, most labels first.',
  })
  annotators(@Root() dataset: Dataset, @Ctx() { viewer }: Context) {
    return this.people.annotators(viewer, dataset);
  }

  @FieldResolver(() => PredictionBiasType, {
    nullable: true,
    description:
      'Effect of shown predictions on answers. Null while no task was answered with a ' +
      'hidden prediction, or none with a shown one.',
  })
  predictionBias(@Root() dataset: Dataset, @Ctx() { viewer }: Context) {
    return this.people.predictionBias(viewer, dataset);
  }

  @FieldResolver(() => [GoldImageType], {
    description: 'Images whose correct class is known. Empty unless the viewer is a reviewer.',
  })
  goldImages(@Root() dataset: Dataset, @Ctx() { viewer }: Context) {
    return this.gold.ofDataset(viewer, dataset);
  }

  @Mutation(() => GoldImagePayload, {
    description:
      'Sets the known correct class of an image. Annotators get it now and then as a normal ' +
      'task. Their answers are scored and change nothing.',
  })
  setGoldImage(
    @Arg('input', () => SetGoldImageInput, { description: 'Input of the mutation.' })
    input: SetGoldImageInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.gold.set(viewer, withPlainIds(input, { imageId: 'Image', classId: 'Class' }));
  }

  @Mutation(() => GoldImagePayload, {
    description: 'Makes a gold image a normal one again. Its labels then decide its consensus.',
  })
  removeGoldImage(
    @Arg('imageId', () => ID, { description: 'The image.' }) imageId: string,
    @Ctx() { viewer }: Context,
  ) {
    return this.gold.remove(viewer, fromGlobalId('Image', imageId));
  }
}

@Resolver(() => AnnotatorType)
export class AnnotatorResolver {
  constructor(private readonly auth: AuthService) {}

  @FieldResolver(() => UserType, { description: 'The person.' })
  person(@Root() { userId }: AnnotatorType, @Ctx() { loaders }: Context) {
    return loaders.load(this.auth.usersById, userId);
  }
}

@Resolver(() => AnnotatorPairType)
export class AnnotatorPairResolver {
  constructor(private readonly auth: AuthService) {}

  @FieldResolver(() => UserType, { description: 'One of the two people.' })
  person(@Root() { userId }: AnnotatorPairType, @Ctx() { loaders }: Context) {
    return loaders.load(this.auth.usersById, userId);
  }

  @FieldResolver(() => UserType, { description: 'The other person.' })
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

  @FieldResolver(() => ImageType, { description: 'The image.' })
  image(@Root() { imageId }: GoldImageType, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.byId, imageId);
  }

  @FieldResolver(() => ClassType, { name: 'class', description: 'The correct class.' })
  classOf(@Root() { classId }: GoldImageType, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, classId);
  }
}

@Resolver(() => ImageType)
export class ImageReviewResolver {
  constructor(
    private readonly reviews: ReviewService,
    private readonly golds: GoldService,
    private readonly datasets: DatasetService,
    private readonly blinds: BlindGuard,
  ) {}

  @FieldResolver(() => GoldImageType, {
    nullable: true,
    description:
      'The known correct class. Annotators are scored on it. Null without one, and unless the ' +
      'viewer is a reviewer.',
  })
  async gold(@Root() image: Image, @Ctx() context: Context) {
    const { viewer, loaders } = context;
    if (!image.isGold || (await hidesAnswers(this.blinds, context, image))) return null;
    const dataset = await loaders.load(this.datasets.byId, image.datasetId);
    return dataset && isReviewer(viewer, dataset)
      ? loaders.load(this.golds.ofImages, image.id)
      : null;
  }

  @FieldResolver(() => ReviewEntryType, {
    nullable: true,
    description:
      'Why it waits in the lane REVIEW. Null if it does not, and while a task of the viewer hides ' +
      'the answers for it or for the near-duplicate.',
  })
  async review(@Root() image: Image, @Ctx() context: Context) {
    const { answers } = await hiddenFrom(this.blinds, context);
    const entry = await context.loaders.load(this.reviews.ofImages, image.id);
    const isHidden = answers.has(image.id) || answers.has(entry?.otherImageId ?? '');
    return isHidden ? null : entry;
  }
}

@Resolver(() => ReviewEntryType)
export class ReviewEntryResolver {
  constructor(
    private readonly images: ImageService,
    private readonly classes: ClassService,
  ) {}

  @FieldResolver(() => ClassType, { description: 'Its present consensus.' })
  givenClass(@Root() { givenClassId }: ReviewEntryType, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, givenClassId);
  }

  @FieldResolver(() => ClassType, {
    nullable: true,
    description: 'The class that it may be instead.',
  })
  suggestedClass(@Root() { suggestedClassId }: ReviewEntryType, @Ctx() { loaders }: Context) {
    return suggestedClassId && loaders.load(this.classes.byId, suggestedClassId);
  }

  @FieldResolver(() => ImageType, {
    nullable: true,
    description: 'The near-duplicate. Null for other kinds.',
  })
  otherImage(@Root() { otherImageId }: ReviewEntryType, @Ctx() { loaders }: Context) {
    return otherImageId ? loaders.load(this.images.byId, otherImageId) : null;
  }
}
