import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({
  description: 'Images of the random sample whose confidence is above `from` and at most `to`.',
})
class ReliabilityBin {
  @Field(() => Float, { description: 'Lower bound of the bin.' })
  from!: number;

  @Field(() => Float, { description: 'Upper bound of the bin.' })
  to!: number;

  @Field(() => Int, { description: 'Number of images in the bin.' })
  count!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean confidence of its images. Null for an empty bin.',
  })
  meanConfidence!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Share of them that was predicted correctly. Null for an empty bin.',
  })
  accuracy!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Lower end of the exact 95 % interval of the accuracy. Null for an empty bin.',
  })
  low!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Upper end of the exact 95 % interval of the accuracy. Null for an empty bin.',
  })
  high!: number | null;
}

@ObjectType('RunCalibration', {
  description:
    'Accuracy and calibration of a run on a random sample of the dataset, by out-of-fold ' +
    'predictions. The sample consists of the images before the first unlabelled one in ' +
    'the dataset’s random order.',
})
export class RunCalibrationType {
  @Field(() => Float, {
    description: 'The divisor of the logits. Above 1, uncalibrated confidences were too high.',
  })
  temperature!: number;

  @Field(() => Int, { description: 'Number of labels in the sample.' })
  sampleCount!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Accuracy on the sample, 0 to 1. Null without a sample.',
  })
  accuracy!: number | null;

  @Field(() => Float, { nullable: true, description: 'Lower end of its exact 95 % interval.' })
  accuracyLow!: number | null;

  @Field(() => Float, { nullable: true, description: 'Upper end of its exact 95 % interval.' })
  accuracyHigh!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean difference between confidence and accuracy over the bins, 0 to 1.',
  })
  expectedCalibrationError!: number | null;

  @Field(() => [ReliabilityBin], {
    description: 'The reliability diagram: 15 bins of equal width.',
  })
  bins!: ReliabilityBin[];
}

@ObjectType('RunConfusion', {
  description:
    'A cell of the confusion matrix: labels of one class that were predicted as another.',
})
export class RunConfusionType {
  classId!: string;
  predictedClassId!: string;

  @Field(() => Int, { description: 'Number of labels.' })
  count!: number;
}

@ObjectType('RunClass', { description: 'Precision and recall of a run for one class.' })
export class RunClassType {
  classId!: string;

  @Field(() => Int, {
    description: 'Number of labels of this class with an out-of-fold prediction.',
  })
  labels!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Share of predictions of this class that are correct. Null without predictions.',
  })
  precision!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Share of the class’s labels that are predicted correctly.',
  })
  recall!: number | null;
}
