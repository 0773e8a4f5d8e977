import { Field, Int, Float, ObjectType } from 'type-graphql';
import { DatasetEvent, payloadOf } from '../events/event.type';

@ObjectType('Backbone', {
  description: 'A frozen pretrained network whose output for an image heads are fitted on.',
})
export class BackboneType {
  @Field(() => String)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Int, { description: 'Values per image.' })
  embeddingSize!: number;

  @Field(() => Int, { description: 'Edge of the square it looks at, in pixels.' })
  inputSize!: number;

  @Field(() => Boolean, { description: 'Whether its predictions can be explained by a heat map.' })
  hasFeatureMap!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Where its weights come from, as far as its file says.',
  })
  source?: string | null;

  @Field(() => String, { nullable: true })
  licence?: string | null;
}

@ObjectType('Limits')
export class LimitsType {
  @Field(() => Float)
  maxFileBytes!: number;

  @Field(() => Int)
  maxPixels!: number;

  @Field(() => Int)
  maxPageSize!: number;

  @Field(() => Int, { description: 'Images that a search for similar ones may begin with.' })
  maxExamples!: number;

  @Field(() => Int)
  maxTicketsPerCall!: number;

  @Field(() => Int)
  maxLabelsPerCall!: number;

  @Field(() => Float)
  maxArchiveBytes!: number;
}

@ObjectType('Capabilities')
export class CapabilitiesType {
  @Field(() => [BackboneType])
  backbones!: BackboneType[];

  @Field(() => [String], {
    description:
      'Plain sentences: what is missing and what to do about it. Empty when all is well.',
  })
  missing!: string[];

  @Field(() => LimitsType)
  limits!: LimitsType;
}

@ObjectType({ implements: DatasetEvent })
export class ImagesEmbedded extends DatasetEvent {
  @Field(() => Int)
  count(): number {
    return payloadOf(this, 'images.embedded').count;
  }
}
