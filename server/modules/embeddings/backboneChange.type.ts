import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DatasetEvent } from '../events/event.type';
import type { BackboneProgress } from './embedding.ports';

@ObjectType('BackboneChange', {
  description:
    'A dataset on its way to another backbone. The present one goes on serving until a run on the next one ' +
    'is published.',
})
export class BackboneChangeType implements BackboneProgress {
  runId!: string | null;

  @Field(() => String, { description: 'Id of the next backbone.' })
  backboneId!: string;

  @Field(() => Int, { description: 'Images that the next backbone has embedded.' })
  embedded!: number;

  @Field(() => Int, { description: 'Images in the dataset.' })
  total!: number;

  @Field(() => Int, { description: 'Images that could not be embedded; they hold nothing up.' })
  failed!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Of the worker that reported last; null until one has.',
  })
  imagesPerSecond!: number | null;
}

@InputType()
export class SetDatasetBackboneInput {
  @Field(() => ID)
  datasetId!: string;

  @Field(() => String, {
    description: 'One of dataset.backbones; the present one ends a change that was begun.',
  })
  backboneId!: string;
}

@ObjectType({
  implements: DatasetEvent,
  description: 'Images were embedded with the dataset’s next backbone.',
})
export class BackboneProgressed extends DatasetEvent {}
