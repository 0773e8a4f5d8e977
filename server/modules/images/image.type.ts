import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, Float, Int, ObjectType } from 'type-graphql';
import { Split } from '../../../shared/enums';
import { toGlobalId, withPlainIds } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';
import { PageInfo } from '../../graphql/pagination';
import { imageUrl, thumbnailUrl } from './imageUrls';

@ObjectType('Image', { implements: Node })
export class ImageType extends Node {
  @Field(() => ID, { name: 'id' })
  override globalId(): string {
    return toGlobalId('Image', this.id);
  }

  @Field(() => Int, { description: 'Dense number within the dataset, from 0.' })
  ordinal!: number;

  @Field(() => String, { description: 'Relative path as it was uploaded.' })
  fileName!: string;

  @Field(() => Int)
  width!: number;

  @Field(() => Int)
  height!: number;

  @Field(() => Int)
  byteSize!: number;

  sha256!: Buffer;

  @Field(() => String, {
    name: 'sha256',
    description: 'SHA-256 of the bytes as they were uploaded, hex.',
  })
  sha256Hex(): string {
    return this.sha256.toString('hex');
  }

  @Field(() => String, { description: 'The image, upright and without metadata.' })
  url(): string {
    return imageUrl(this.id);
  }

  @Field(() => String, { description: 'WebP, at most 320 pixels a side.' })
  thumbnailUrl(): string {
    return thumbnailUrl(this.id);
  }

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => Boolean)
  heldOut!: boolean;

  @Field(() => Split, { nullable: true })
  split!: Split | null;

  @Field(() => Int, {
    description:
      'Rises by one with every change of the image’s labels; send it back as expectedVersion.',
  })
  version!: number;
}

@InputType()
export class ImageFilter {
  @Field(() => Boolean, { nullable: true })
  labelled?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'Agreed class.' })
  classId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Class of the current prediction.' })
  predictedClassId?: string | null;

  @Field(() => Float, { nullable: true })
  minConfidence?: number | null;

  @Field(() => Float, { nullable: true })
  maxConfidence?: number | null;

  @Field(() => Boolean, { nullable: true })
  heldOut?: boolean | null;

  @Field(() => Split, { nullable: true })
  split?: Split | null;

  @Field(() => String, { nullable: true })
  nameContains?: string | null;
}

/** Copies a filter with plain ids in place of global ones. */
export const plainFilter = (filter: ImageFilter | undefined): ImageFilter | undefined =>
  filter && withPlainIds(filter, {}, { classId: 'Class', predictedClassId: 'Class' });

@ObjectType()
class ImageEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => ImageType)
  node!: ImageType;
}

@ObjectType()
export class ImageConnection {
  @Field(() => [ImageEdge])
  edges!: ImageEdge[];

  @Field(() => [ImageType])
  nodes!: ImageType[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Int)
  totalCount!: number;
}
