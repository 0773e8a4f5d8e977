import { Field, Float, Int, ObjectType } from 'type-graphql';
import { RetrainRunPhase } from '../../../shared/enums';

@ObjectType()
class PhaseSeconds {
  @Field(() => RetrainRunPhase)
  phase!: RetrainRunPhase;

  @Field(() => Float)
  seconds!: number;
}

@ObjectType({
  description:
    'Validation and test are measured by heads that never saw the label; the published one learns from every label. ' +
    'A null accuracy means there were no such labels yet.',
})
export class RunMetrics {
  @Field(() => Float)
  trainLoss!: number;

  @Field(() => Float)
  trainAccuracy!: number;

  @Field(() => Int)
  trainCount!: number;

  @Field(() => Float, { nullable: true })
  validationLoss!: number | null;

  @Field(() => Float, { nullable: true })
  validationAccuracy!: number | null;

  @Field(() => Int)
  validationCount!: number;

  @Field(() => Float, { nullable: true })
  testLoss!: number | null;

  @Field(() => Float, { nullable: true })
  testAccuracy!: number | null;

  @Field(() => Int)
  testCount!: number;

  @Field(() => Int)
  rescoredCount!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Strength of the penalty on the head’s weights, chosen by cross-validation on the labels of an earlier run: ' +
      'the more of them contradict each other, the stronger. Null for runs from before it was chosen.',
  })
  l2!: number | null;

  @Field(() => [PhaseSeconds], { description: 'Seconds each phase took.' })
  phaseSeconds!: PhaseSeconds[];
}
