import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { ReviewReason } from '../../../shared/enums';
import { Payload } from '../../graphql/mutationError.type';
import { DatasetType } from '../datasets/dataset.type';
import { ImageType } from '../images/image.type';

@ObjectType('Share', { description: 'A share of counted cases with its exact 95 % interval.' })
export class ShareType {
  @Field(() => Int, { description: 'Number of cases that agree or are correct.' })
  right!: number;

  @Field(() => Int, { description: 'Number of cases.' })
  count!: number;

  @Field(() => Float, { description: '`right` / `count`, 0 to 1.' })
  value!: number;

  @Field(() => Float, { description: 'Lower end of the interval (Clopper-Pearson).' })
  low!: number;

  @Field(() => Float, { description: 'Upper end of the interval (Clopper-Pearson).' })
  high!: number;
}

@ObjectType('Coefficient', {
  description: 'A coefficient or difference, -1 to 1, with its 95 % interval.',
})
export class CoefficientType {
  @Field(() => Float, { description: 'The estimate.' })
  value!: number;

  @Field(() => Float, { description: 'Lower end of the interval.' })
  low!: number;

  @Field(() => Float, { description: 'Upper end of the interval.' })
  high!: number;
}

@ObjectType('AnnotatorPair', {
  description: 'Agreement of two people on the images that both answered.',
})
export class AnnotatorPairType {
  userId!: string;
  otherUserId!: string;

  @Field(() => Int, { description: 'Number of images that both answered.' })
  images!: number;

  @Field(() => Float, { description: 'Share of these images with the same answer, 0 to 1.' })
  agreed!: number;

  @Field(() => CoefficientType, {
    nullable: true,
    description: 'Cohen’s kappa. Null if both chose one and the same class only.',
  })
  kappa!: CoefficientType | null;
}

@ObjectType('Agreement', {
  description: 'Agreement of people on images that several of them answered.',
})
export class AgreementType {
  @Field(() => Int, { description: 'Number of images with answers of at least two people.' })
  images!: number;

  @Field(() => Float, { description: 'Mean share of pairs of answers that agree, 0 to 1.' })
  agreed!: number;

  @Field(() => CoefficientType, {
    nullable: true,
    description:
      'Krippendorff’s alpha (nominal, with missing answers). Its interval is a bootstrap ' +
      'over images. Null if only one class was ever chosen.',
  })
  alpha!: CoefficientType | null;

  @Field(() => [AnnotatorPairType], {
    description: 'Agreement of each two people with images in common.',
  })
  pairs!: AnnotatorPairType[];
}

@ObjectType('Annotator', {
  description: 'A person who labelled in a dataset, with figures about their labels.',
})
export class AnnotatorType {
  userId!: string;

  @Field(() => Int, { description: 'Number of labels in force, imported ones excluded.' })
  labels!: number;

  @Field(() => ShareType, {
    nullable: true,
    description:
      'Agreement with the majority of the others. Null without images that others answered ' +
      'too.',
  })
  quality!: ShareType | null;

  @Field(() => ShareType, {
    nullable: true,
    description:
      'Gold images that the person labelled correctly. Null unless the viewer is a reviewer.',
  })
  gold!: ShareType | null;

  @Field(() => ShareType, {
    nullable: true,
    description: 'Agreement with predictions that were hidden from the person.',
  })
  blind!: ShareType | null;

  @Field(() => ShareType, {
    nullable: true,
    description: 'Agreement with predictions that were shown to the person.',
  })
  shown!: ShareType | null;
}

@ObjectType('PredictionBias', {
  description:
    'Effect of shown predictions on answers. Chance decides whether a task shows one, so ' +
    'the difference is the effect.',
})
export class PredictionBiasType {
  @Field(() => ShareType, { description: 'Agreement with predictions that were shown.' })
  shown!: ShareType;

  @Field(() => ShareType, { description: 'Agreement with predictions that were hidden.' })
  blind!: ShareType;

  @Field(() => CoefficientType, { description: '`shown` minus `blind`.' })
  difference!: CoefficientType;
}

@ObjectType('GoldImage', {
  description: 'An image whose correct class is known. Annotators are scored on it.',
})
export class GoldImageType {
  imageId!: string;
  classId!: string;

  @Field(() => GraphQLDateTime, { description: 'When it was marked.' })
  createdAt!: Date;
}

@ObjectType('ReviewEntry', { description: 'Why an image waits in the lane REVIEW.' })
export class ReviewEntryType {
  givenClassId!: string;
  suggestedClassId!: string | null;
  otherImageId?: string;

  @Field(() => ReviewReason, { description: 'The kind of doubt.' })
  kind!: ReviewReason;

  @Field(() => Float, {
    description:
      '0 to 1: probability that the label is wrong (LABEL_ERROR), similarity of the images ' +
      '(NEAR_DUPLICATE), or doubt of the consensus (DISAGREEMENT).',
  })
  score!: number;
}

@InputType({ description: 'An image’s known correct class.' })
export class SetGoldImageInput {
  @Field(() => ID, { description: 'The image.' })
  imageId!: string;

  @Field(() => ID, { description: 'The correct class.' })
  classId!: string;
}

@ObjectType({ description: 'Result of a mutation on a gold image.' })
export class GoldImagePayload extends Payload {
  @Field(() => DatasetType, {
    nullable: true,
    description: 'The dataset of the image. Null after an error.',
  })
  dataset?: DatasetType;

  @Field(() => ImageType, { nullable: true, description: 'The image. Null after an error.' })
  image?: ImageType;
}
