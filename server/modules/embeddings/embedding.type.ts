import { Field, Int, Float, ObjectType } from 'type-graphql';
import { DatasetEvent, payloadOf } from '../events/event.type';

@ObjectType('Backbone', {
  description: 'A frozen pretrained network. Heads are fitted on its output for each image.',
})
export class BackboneType {
  @Field(() => String, { description: 'Id of the backbone, as in its file name.' })
  id!: string;

  @Field(() => String, { description: 'Name for people.' })
  name!: string;

  @Field(() => Int, { description: 'Number of values per embedding.' })
  embeddingSize!: number;

  @Field(() => Int, { description: 'Edge of its square input, in pixels.' })
  inputSize!: number;

  @Field(() => Boolean, { description: 'Whether heat maps can explain its predictions.' })
  hasFeatureMap!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Origin of its weights, if its file names one.',
  })
  source?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Licence of its weights, if its file names one.',
  })
  licence?: string | null;
}

@ObjectType('Limits', { description: 'Limits that the server enforces.' })
export class LimitsType {
  @Field(() => Float, { description: 'Maximum size of an image file in bytes.' })
  maxFileBytes!: number;

  @Field(() => Int, { description: 'Maximum number of pixels of an image.' })
  maxPixels!: number;

  @Field(() => Int, { description: 'Maximum width and height of an image, in pixels.' })
  maxSide!: number;

  @Field(() => Int, { description: 'Maximum number of entries on a page.' })
  maxPageSize!: number;

  @Field(() => Int, {
    description: 'Maximum number of images that a similarity search starts from.',
  })
  maxExamples!: number;

  @Field(() => Int, {
    description: 'Maximum number of tickets in one createUploads or completeUploads.',
  })
  maxTicketsPerCall!: number;

  @Field(() => Int, { description: 'Maximum number of labels in one recordLabels.' })
  maxLabelsPerCall!: number;

  @Field(() => Float, { description: 'Maximum size of a zip archive in bytes.' })
  maxArchiveBytes!: number;

  @Field(() => Int, { description: 'Maximum number of entries of a zip archive.' })
  maxArchiveEntries!: number;
}

@ObjectType('Capabilities', { description: 'What this server offers.' })
export class CapabilitiesType {
  @Field(() => [BackboneType], { description: 'Backbones that the server has.' })
  backbones!: BackboneType[];

  @Field(() => [String], {
    description:
      'One sentence per missing part, with what to do about it. Empty if nothing is missing.',
  })
  missing!: string[];

  @Field(() => LimitsType, { description: 'Limits that the server enforces.' })
  limits!: LimitsType;
}

@ObjectType({ implements: DatasetEvent, description: 'Images were embedded.' })
export class ImagesEmbedded extends DatasetEvent {
  @Field(() => Int, { description: 'Number of embedded images.' })
  count(): number {
    return payloadOf(this, 'images.embedded').count;
  }
}
