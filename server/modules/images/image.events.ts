import { Field, Int, ObjectType } from 'type-graphql';
import { DatasetEvent, payloadOf } from '../events/event.type';

@ObjectType({ implements: DatasetEvent })
export class ImagesStored extends DatasetEvent {
  @Field(() => Int)
  count(): number {
    return payloadOf(this, 'images.stored').count;
  }
}

@ObjectType({ implements: DatasetEvent })
export class ImportProgressed extends DatasetEvent {}
