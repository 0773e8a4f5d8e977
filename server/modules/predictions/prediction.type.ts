import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DatasetEvent, payloadOf } from '../events/event.type';

@ObjectType({ description: 'A class with the model’s confidence in it.' })
export class ClassConfidence {
  classId!: string;

  @Field(() => Float, { description: 'Calibrated confidence, 0 to 1.' })
  confidence!: number;
}

@ObjectType('Prediction', { description: 'A run’s prediction for an image.' })
export class PredictionType {
  runId!: string;
  classId!: string;

  @Field(() => Float, { description: 'Calibrated confidence in that class, 0 to 1.' })
  confidence!: number;

  @Field(() => Float, { description: 'Highest minus second-highest confidence, 0 to 1.' })
  margin!: number;

  @Field(() => Float, { description: 'Entropy of the confidences of all classes, in nats.' })
  entropy!: number;
}

@ObjectType({ implements: DatasetEvent, description: 'Images got predictions.' })
export class PredictionsUpdated extends DatasetEvent {
  @Field(() => Int, { description: 'Number of images.' })
  count(): number {
    return payloadOf(this, 'predictions.updated').count;
  }
}
