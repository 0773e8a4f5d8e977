import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, Float, Int, ObjectType } from 'type-graphql';
import { Split } from '../../../shared/enums';
import { toGlobalId, withPlainIds } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';
import { PageInfo } from '../../graphql/pagination';
import { imageUrl, thumbnailUrl } from './imageUrls';

@ObjectType('Image', { implements: Node, description: 'An image of a dataset.' })
export class ImageType extends Node {
  @Field(() => ID, { name: 'id', description: 'Global id.' })
  override globalId(): string {
    return toGlobalId('Image', this.id);
  }

  @Field(() => Int, { description: 'Number within the dataset, from 0, without gaps.' })
  ordinal!: number;

  @Field(() => String, { description: 'Relative path as it was uploaded.' })
  fileName!: string;

  @Field(() => Int, { description: 'Width in pixels.' })
  width!: number;

  @Field(() => Int, { description: 'Height in pixels.' })
  height!: number;

  @Field(() => Int, { description: 'Size of its file in bytes.' })
  byteSize!: number;

  sha256!: Buffer;

  @Field(() => String, {
    name: 'sha256',
    description: 'SHA-256 of the uploaded bytes, in hexadecimal.',
  })
  sha256Hex(): string {
    return this.sha256.toString('hex');
  }

  @Field(() => String, { description: 'Address of the image, upright and without metadata.' })
  url(): string {
    return imageUrl(this.id);
  }

  @Field(() => String, { description: 'Address of a WebP thumbnail, at most 320 pixels per side.' })
  thumbnailUrl(): string {
    return thumbnailUrl(this.id);
  }

  @Field(() => GraphQLDateTime, { description: 'When it was stored.' })
  createdAt!: Date;

  @Field(() => Boolean, { description: 'Whether it is predicted, but no task asks for it.' })
  heldOut!: boolean;

  split!: Split | null;
  version!: number;
}

@InputType({ description: 'Conditions that images have to meet. All of them apply.' })
export class ImageFilter {
  @Field(() => Boolean, { nullable: true, description: 'Whether images have a consensus.' })
  labelled?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'Only images with this consensus.' })
  classId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only images with this current prediction.' })
  predictedClassId?: string | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Minimum confidence of the current prediction, 0 to 1.',
  })
  minConfidence?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Maximum confidence of the current prediction, 0 to 1.',
  })
  maxConfidence?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether images are held out of the queue.',
  })
  heldOut?: boolean | null;

  @Field(() => Split, { nullable: true, description: 'Only images of this split.' })
  split?: Split | null;

  @Field(() => String, { nullable: true, description: 'Text that the file name has to contain.' })
  nameContains?: string | null;
}

/** Copies a filter with plain ids in place of global ones. */
export const plainFilter = (filter: ImageFilter | undefined): ImageFilter | undefined =>
  filter && withPlainIds(filter, {}, { classId: 'Class', predictedClassId: 'Class' });

@ObjectType({ description: 'An image on a page.' })
class ImageEdge {
  @Field(() => String, { description: 'Cursor of this entry. The next page starts after it.' })
  cursor!: string;

  @Field(() => ImageType, { description: 'The entry.' })
  node!: ImageType;
}

@ObjectType({ description: 'A page of images.' })
export class ImageConnection {
  @Field(() => [ImageEdge], { description: 'The entries of this page with their cursors.' })
  edges!: ImageEdge[];

  @Field(() => [ImageType], { description: 'The entries of this page.' })
  nodes!: ImageType[];

  @Field(() => PageInfo, { description: 'Position of this page in the list.' })
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'Number of entries in the whole list.' })
  totalCount!: number;
}
