import { Field, Float, Int, ObjectType } from 'type-graphql';
import { AccuracySource, ForecastReason, StopAdvice } from '../../../shared/enums';

@ObjectType({ description: 'An estimate with its 90 % interval.' })
export class ForecastEstimate {
  @Field(() => Float, { description: 'The estimate.' })
  value!: number;

  @Field(() => Float, { description: 'Lower end of the interval.' })
  low!: number;

  @Field(() => Float, { description: 'Upper end of the interval.' })
  high!: number;
}

@ObjectType('LabelsNeeded', {
  description: 'Number of labels with its 90 % interval. Null if no number of labels is enough.',
})
export class LabelsNeededType {
  @Field(() => Int, { nullable: true, description: 'The estimate.' })
  value!: number | null;

  @Field(() => Int, { nullable: true, description: 'Lower end of the interval.' })
  low!: number | null;

  @Field(() => Int, { nullable: true, description: 'Upper end of the interval.' })
  high!: number | null;
}

@ObjectType({ description: 'A point of the forecast learning curve with its 90 % interval.' })
export class ForecastPoint extends ForecastEstimate {
  @Field(() => Int, { description: 'Number of labels.' })
  labels!: number;
}

@ObjectType({ description: 'The measured accuracy of one run. The curve is fitted to these.' })
export class ForecastMeasurement {
  @Field(() => Int, { description: 'Number of the run, as in “round 7”.' })
  round!: number;

  @Field(() => Int, { description: 'Number of labels of the run.' })
  labels!: number;

  @Field(() => Float, { description: 'Accuracy of the run, 0 to 1.' })
  accuracy!: number;

  @Field(() => Int, { description: 'Number of labels that the accuracy was measured on.' })
  sample!: number;
}

@ObjectType('Forecast', {
  description:
    'What more labels would bring: an inverse power law fitted to the accuracies of runs ' +
    'on the present backbone, with bootstrap intervals.',
})
export class ForecastType {
  @Field(() => Float, { description: 'Target accuracy, 0 to 1.' })
  target!: number;

  @Field(() => Int, { description: 'Number of labels of the newest measured run.' })
  labels!: number;

  @Field(() => AccuracySource, { description: 'The labels that accuracy was measured on.' })
  source!: AccuracySource;

  @Field(() => [ForecastMeasurement], { description: 'Measured runs, first run first.' })
  measurements!: ForecastMeasurement[];

  @Field(() => ForecastEstimate, {
    nullable: true,
    description:
      'Present accuracy by the curve. This and the following fields are null until three ' +
      'runs with different numbers of labels were measured.',
  })
  accuracy!: ForecastEstimate | null;

  @Field(() => ForecastEstimate, {
    nullable: true,
    description: 'Accuracy that the next 100 labels add.',
  })
  gainPer100!: ForecastEstimate | null;

  @Field(() => ForecastEstimate, {
    nullable: true,
    description: 'Accuracy with unlimited labels on this backbone.',
  })
  ceiling!: ForecastEstimate | null;

  @Field(() => LabelsNeededType, {
    nullable: true,
    description: 'Number of further labels that the target needs.',
  })
  labelsNeeded!: LabelsNeededType | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Probability that labelling every image would reach the target, 0 to 1.',
  })
  chance!: number | null;

  @Field(() => [ForecastPoint], {
    description:
      'The curve from the first measurement to twice the present labels or to the target.',
  })
  curve!: ForecastPoint[];

  @Field(() => StopAdvice, { description: 'Advice whether to label more.' })
  advice!: StopAdvice;

  @Field(() => ForecastReason, { description: 'Reason for the advice.' })
  reason!: ForecastReason;

  @Field(() => String, { description: 'The advice with its reason, as a sentence for people.' })
  sentence!: string;
}
