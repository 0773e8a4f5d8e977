import { Field, Int, ObjectType } from 'type-graphql';
import { DatasetEvent, payloadOf } from '../events/event.type';

@ObjectType({ implements: DatasetEvent, description: 'Images were stored.' })
export class ImagesStored extends DatasetEvent {
  @Field(() => Int, { description: 'Number of stored images.' })
  count(): number {
    return payloadOf(this, 'images.stored').count;
  }
}

@ObjectType({ implements: DatasetEvent, description: 'A zip import made progress or ended.' })
export class ImportProgressed extends DatasetEvent {}
