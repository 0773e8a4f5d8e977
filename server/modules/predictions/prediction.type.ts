import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DatasetEvent, payloadOf } from '../events/event.type';

@ObjectType()
export class ClassConfidence {
  classId!: string;

  @Field(() => Float)
  confidence!: number;
}

@ObjectType('Prediction')
export class PredictionType {
  runId!: string;
  classId!: string;

  @Field(() => Float, { description: 'Of the predicted class, 0 to 1.' })
  confidence!: number;

  @Field(() => Float, { description: 'Best minus second-best confidence, 0 to 1.' })
  margin!: number;

  @Field(() => Float, { description: 'Of all class confidences, in nats.' })
  entropy!: number;
}

@ObjectType({ implements: DatasetEvent })
export class PredictionsUpdated extends DatasetEvent {
  @Field(() => Int, { description: 'How many images.' })
  count(): number {
    return payloadOf(this, 'predictions.updated').count;
  }
}
