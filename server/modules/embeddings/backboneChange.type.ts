import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DatasetEvent } from '../events/event.type';
import type { BackboneProgress } from './embedding.ports';

@ObjectType('BackboneChange', {
  description:
    'A dataset’s change to another backbone. The present backbone serves until a run on ' +
    'the next one is published.',
})
export class BackboneChangeType implements BackboneProgress {
  runId!: string | null;

  @Field(() => String, { description: 'Id of the next backbone.' })
  backboneId!: string;

  @Field(() => Int, { description: 'Number of images that the next backbone has embedded.' })
  embedded!: number;

  @Field(() => Int, { description: 'Number of images in the dataset.' })
  total!: number;

  @Field(() => Int, {
    description: 'Number of images that could not be embedded. The change does not wait for them.',
  })
  failed!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Speed of the worker that reported last. Null until one has reported.',
  })
  imagesPerSecond!: number | null;
}

@InputType({ description: 'A dataset’s next backbone.' })
export class SetDatasetBackboneInput {
  @Field(() => ID, { description: 'The dataset.' })
  datasetId!: string;

  @Field(() => String, {
    description: 'One of dataset.backbones. The present one cancels a running change.',
  })
  backboneId!: string;
}

@ObjectType({
  implements: DatasetEvent,
  description: 'More images were embedded with the dataset’s next backbone.',
})
export class BackboneProgressed extends DatasetEvent {}
