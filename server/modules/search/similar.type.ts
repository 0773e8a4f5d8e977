import { ArgsType, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { ImageFilter } from '../images/image.type';

@ArgsType()
export class SimilarImagesArgs {
  @Field(() => [ID], {
    description:
      'Images of one dataset, at most limits.maxExamples. With several, the search uses ' +
      'what they have in common.',
  })
  imageIds!: string[];

  @Field(() => Int, {
    defaultValue: 100,
    description: 'Maximum number of images, at most limits.maxPageSize.',
  })
  first!: number;

  @Field(() => ImageFilter, {
    nullable: true,
    description: 'Only images that meet these conditions.',
  })
  filter?: ImageFilter;
}

@ObjectType({ description: 'An image that is similar to the given ones.' })
export class SimilarImage {
  imageId!: string;

  @Field(() => Float, {
    description:
      'Cosine similarity of the embeddings by the dataset’s backbone, -1 to 1. 1 for a copy.',
  })
  similarity!: number;
}
