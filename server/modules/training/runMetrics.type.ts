import { Field, Float, Int, ObjectType } from 'type-graphql';
import { RetrainRunPhase } from '../../../shared/enums';

@ObjectType({ description: 'Duration of one phase of a run.' })
class PhaseSeconds {
  @Field(() => RetrainRunPhase, { description: 'The phase.' })
  phase!: RetrainRunPhase;

  @Field(() => Float, { description: 'Its duration in seconds.' })
  seconds!: number;
}

@ObjectType({
  description:
    'Measured accuracy of a run. Validation and test figures are out of fold; the ' +
    'published head learns from every label. A null accuracy means that there were no ' +
    'such labels yet.',
})
export class RunMetrics {
  @Field(() => Float, { description: 'Mean log-loss on training labels, in nats.' })
  trainLoss!: number;

  @Field(() => Float, { description: 'Accuracy on training labels, 0 to 1.' })
  trainAccuracy!: number;

  @Field(() => Int, { description: 'Number of training labels.' })
  trainCount!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean log-loss on validation labels, in nats.',
  })
  validationLoss!: number | null;

  @Field(() => Float, { nullable: true, description: 'Accuracy on validation labels, 0 to 1.' })
  validationAccuracy!: number | null;

  @Field(() => Int, { description: 'Number of validation labels.' })
  validationCount!: number;

  @Field(() => Float, { nullable: true, description: 'Mean log-loss on test labels, in nats.' })
  testLoss!: number | null;

  @Field(() => Float, { nullable: true, description: 'Accuracy on test labels, 0 to 1.' })
  testAccuracy!: number | null;

  @Field(() => Int, { description: 'Number of test labels.' })
  testCount!: number;

  @Field(() => Int, { description: 'Number of images that it predicted.' })
  rescoredCount!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Strength of the L2 penalty on the head’s weights, chosen by cross-validation on the ' +
      'labels of an earlier run. The more labels contradict each other, the stronger it is. ' +
      'Null for runs before it was chosen.',
  })
  l2!: number | null;

  @Field(() => [PhaseSeconds], { description: 'Duration of each phase.' })
  phaseSeconds!: PhaseSeconds[];
}
