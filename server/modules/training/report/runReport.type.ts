import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({
  description: 'Images of the random sample whose confidence lies above from, up to to.',
})
class ReliabilityBin {
  @Field(() => Float)
  from!: number;

  @Field(() => Float)
  to!: number;

  @Field(() => Int)
  count!: number;

  @Field(() => Float, { nullable: true })
  meanConfidence!: number | null;

  @Field(() => Float, { nullable: true, description: 'Share of them that was predicted right.' })
  accuracy!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Of the exact 95 % interval of the accuracy.',
  })
  low!: number | null;

  @Field(() => Float, { nullable: true })
  high!: number | null;
}

@ObjectType('RunCalibration', {
  description:
    'How right a run is on a random sample of the dataset, each image judged by a head that never saw its label, ' +
    'and how well it knows. The sample: images before the first unlabelled one in the dataset’s random order.',
})
export class RunCalibrationType {
  @Field(() => Float, {
    description: 'What logits are divided by; above 1, uncalibrated confidences were too high.',
  })
  temperature!: number;

  @Field(() => Int)
  sampleCount!: number;

  @Field(() => Float, { nullable: true, description: 'Null without a sample.' })
  accuracy!: number | null;

  @Field(() => Float, { nullable: true, description: 'Of the exact 95 % interval.' })
  accuracyLow!: number | null;

  @Field(() => Float, { nullable: true })
  accuracyHigh!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean distance between confidence and accuracy over the bins, 0 to 1.',
  })
  expectedCalibrationError!: number | null;

  @Field(() => [ReliabilityBin], { description: 'The reliability diagram: 15 bins of one width.' })
  bins!: ReliabilityBin[];
}

@ObjectType('RunConfusion', {
  description:
    'A cell of the confusion matrix: images of one class that were predicted as another.',
})
export class RunConfusionType {
  classId!: string;
  predictedClassId!: string;

  @Field(() => Int)
  count!: number;
}

@ObjectType('RunClass', { description: 'How a run does on one class.' })
export class RunClassType {
  classId!: string;

  @Field(() => Int, { description: 'Labels of this class that were judged.' })
  labels!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Share of what is predicted so that is right; null where nothing is.',
  })
  precision!: number | null;

  @Field(() => Float, { nullable: true, description: 'Share of the class that is found.' })
  recall!: number | null;
}
