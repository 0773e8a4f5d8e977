import { Field, Float, Int, ObjectType } from 'type-graphql';
import { AccuracySource, ForecastReason, StopAdvice } from '../../../shared/enums';

@ObjectType({ description: 'A number with its 90 % interval.' })
export class ForecastEstimate {
  @Field(() => Float)
  value!: number;

  @Field(() => Float)
  low!: number;

  @Field(() => Float)
  high!: number;
}

@ObjectType({ description: 'Labels; null where even endless ones would not do.' })
export class LabelsNeededType {
  @Field(() => Int, { nullable: true })
  value!: number | null;

  @Field(() => Int, { nullable: true })
  low!: number | null;

  @Field(() => Int, { nullable: true })
  high!: number | null;
}

@ObjectType({ description: 'A point of the forecast learning curve.' })
export class ForecastPoint extends ForecastEstimate {
  @Field(() => Int)
  labels!: number;
}

@ObjectType({ description: 'What a run measured: the curve is fitted to these.' })
export class ForecastMeasurement {
  @Field(() => Int, { description: 'Number of the run: “round 7”.' })
  round!: number;

  @Field(() => Int)
  labels!: number;

  @Field(() => Float)
  accuracy!: number;

  @Field(() => Int, { description: 'Labels that it was measured on.' })
  sample!: number;
}

@ObjectType('Forecast', {
  description:
    'What more labels would bring: an inverse power law through the accuracies that the runs on the present backbone ' +
    'measured, with intervals by bootstrap.',
})
export class ForecastType {
  @Field(() => Float, { description: 'The accuracy aimed at, 0 to 1.' })
  target!: number;

  @Field(() => Int, { description: 'Labels of the newest run that measured.' })
  labels!: number;

  @Field(() => AccuracySource)
  source!: AccuracySource;

  @Field(() => [ForecastMeasurement], { description: 'First run first.' })
  measurements!: ForecastMeasurement[];

  @Field(() => ForecastEstimate, {
    nullable: true,
    description:
      'What the curve says of the accuracy now. Null, as all that follows, until three runs with different ' +
      'numbers of labels have measured.',
  })
  accuracy!: ForecastEstimate | null;

  @Field(() => ForecastEstimate, {
    nullable: true,
    description: 'Accuracy that the next 100 labels add.',
  })
  gainPer100!: ForecastEstimate | null;

  @Field(() => ForecastEstimate, {
    nullable: true,
    description: 'What endless labels would come to with this backbone.',
  })
  ceiling!: ForecastEstimate | null;

  @Field(() => LabelsNeededType, {
    nullable: true,
    description: 'Labels still to give for the target.',
  })
  labelsNeeded!: LabelsNeededType | null;

  @Field(() => Float, {
    nullable: true,
    description: 'How sure it is that labelling every image would reach the target, 0 to 1.',
  })
  chance!: number | null;

  @Field(() => [ForecastPoint], {
    description: 'The curve from the first measurement to twice the present labels or the target.',
  })
  curve!: ForecastPoint[];

  @Field(() => StopAdvice)
  advice!: StopAdvice;

  @Field(() => ForecastReason)
  reason!: ForecastReason;

  @Field(() => String, { description: 'The advice with its reason, in a sentence for people.' })
  sentence!: string;
}
