import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { ReviewReason } from '../../../shared/enums';
import { Payload } from '../../graphql/mutationError.type';
import { DatasetType } from '../datasets/dataset.type';
import { ImageType } from '../images/image.type';

@ObjectType('Share', { description: 'A share of counted cases.' })
export class ShareType {
  @Field(() => Int)
  right!: number;

  @Field(() => Int)
  count!: number;

  @Field(() => Float, { description: '`right` / `count`, 0 to 1.' })
  value!: number;

  @Field(() => Float, { description: 'Lower end of the exact 95 % interval (Clopper-Pearson).' })
  low!: number;

  @Field(() => Float, { description: 'Its upper end.' })
  high!: number;
}

@ObjectType('Coefficient', {
  description: 'A coefficient or difference, -1 to 1, with its 95 % interval.',
})
export class CoefficientType {
  @Field(() => Float)
  value!: number;

  @Field(() => Float)
  low!: number;

  @Field(() => Float)
  high!: number;
}

@ObjectType('AnnotatorPair')
export class AnnotatorPairType {
  userId!: string;
  otherUserId!: string;

  @Field(() => Int, { description: 'Images that both answered.' })
  images!: number;

  @Field(() => Float, { description: 'Share of these with the same answer, 0 to 1.' })
  agreed!: number;

  @Field(() => CoefficientType, {
    nullable: true,
    description: 'Cohen’s kappa; null where both named one and the same class only.',
  })
  kappa!: CoefficientType | null;
}

@ObjectType('Agreement', {
  description: 'How well people agree on the images that several answered.',
})
export class AgreementType {
  @Field(() => Int, { description: 'Images with answers of at least two people.' })
  images!: number;

  @Field(() => Float, { description: 'Mean share of pairs of answers that agree, 0 to 1.' })
  agreed!: number;

  @Field(() => CoefficientType, {
    nullable: true,
    description:
      'Krippendorff’s alpha (nominal, with gaps), its interval a bootstrap over images; null where only one class was ever named.',
  })
  alpha!: CoefficientType | null;

  @Field(() => [AnnotatorPairType])
  pairs!: AnnotatorPairType[];
}

@ObjectType('Annotator', { description: 'A person who labelled in a dataset, in numbers.' })
export class AnnotatorType {
  userId!: string;

  @Field(() => Int, { description: 'Labels in force, imported ones not counted.' })
  labels!: number;

  @Field(() => ShareType, {
    nullable: true,
    description:
      'Agreement with the majority of the others; null without images that others answered too.',
  })
  quality!: ShareType | null;

  @Field(() => ShareType, { nullable: true, description: 'Gold images answered rightly.' })
  gold!: ShareType | null;

  @Field(() => ShareType, {
    nullable: true,
    description: 'Agreement with the prediction where it was hidden.',
  })
  blind!: ShareType | null;

  @Field(() => ShareType, {
    nullable: true,
    description: 'Agreement with the prediction where it was shown.',
  })
  shown!: ShareType | null;
}

@ObjectType('PredictionBias', {
  description:
    'How far predictions pull answers. Whether a task shows one is chance, so the difference is its effect.',
})
export class PredictionBiasType {
  @Field(() => ShareType)
  shown!: ShareType;

  @Field(() => ShareType)
  blind!: ShareType;

  @Field(() => CoefficientType, { description: '`shown` minus `blind`.' })
  difference!: CoefficientType;
}

@ObjectType('GoldImage')
export class GoldImageType {
  imageId!: string;
  classId!: string;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;
}

@ObjectType('ReviewEntry', { description: 'Why an image waits in the lane REVIEW.' })
export class ReviewEntryType {
  givenClassId!: string;
  suggestedClassId!: string | null;
  otherImageId?: string;

  @Field(() => ReviewReason)
  kind!: ReviewReason;

  @Field(() => Float, {
    description:
      '0 to 1: how likely the label is wrong (LABEL_ERROR), how alike the images are (NEAR_DUPLICATE), or how doubtful their consensus is (DISAGREEMENT).',
  })
  score!: number;
}

@InputType()
export class SetGoldImageInput {
  @Field(() => ID)
  imageId!: string;

  @Field(() => ID, { description: 'The right class.' })
  classId!: string;
}

@ObjectType()
export class GoldImagePayload extends Payload {
  @Field(() => DatasetType, { nullable: true })
  dataset?: DatasetType;

  @Field(() => ImageType, { nullable: true })
  image?: ImageType;
}
