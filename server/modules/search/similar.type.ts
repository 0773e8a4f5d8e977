import { ArgsType, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { ImageFilter } from '../images/image.type';

@ArgsType()
export class SimilarImagesArgs {
  @Field(() => [ID], {
    description:
      'Images of one dataset, at most limits.maxExamples. Several ask for what they have in common.',
  })
  imageIds!: string[];

  @Field(() => Int, { defaultValue: 100, description: 'At most limits.maxPageSize.' })
  first!: number;

  @Field(() => ImageFilter, { nullable: true, description: 'Only such images are found.' })
  filter?: ImageFilter;
}

@ObjectType({ description: 'An image that looks like those that were asked about.' })
export class SimilarImage {
  imageId!: string;

  @Field(() => Float, {
    description:
      'Cosine of the angle between the embeddings by the dataset’s backbone, -1 to 1; 1 for a copy.',
  })
  similarity!: number;
}
