import { ArgsType, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { ExplanationMethod } from '../../../shared/enums';

@ArgsType()
export class ExplainPredictionArgs {
  @Field(() => ID, { description: 'The image.' })
  imageId!: string;

  @Field(() => ID, { nullable: true, description: 'The class. Default: the predicted one.' })
  classId?: string | null;
}

@ObjectType('Explanation', {
  description:
    'A heat map that shows where in an image the current model sees a class (Grad-CAM). ' +
    'It covers the whole image, stretched.',
})
export class ExplanationType {
  runId!: string;
  classId!: string;

  @Field(() => Int, { description: 'Number of columns of the map.' })
  width!: number;

  @Field(() => Int, { description: 'Number of rows of the map.' })
  height!: number;

  @Field(() => [Float], {
    description:
      'height × width values, row by row, 0 to 1: the evidence of each cell for the class. ' +
      '1 is the strongest evidence, 0 is none or evidence against it.',
  })
  values!: number[];

  @Field(() => Float, {
    description:
      'The largest cell in logits, which has the value 1. With CLOSED_FORM, the mean of all ' +
      'cells, negative ones included, plus the head’s bias is the logit.',
  })
  largest!: number;

  @Field(() => Float, {
    description: 'The model’s logit of the class.',
  })
  logit!: number;

  @Field(() => ExplanationMethod, {
    description:
      'CLOSED_FORM for a backbone that averages its feature map, which is exact. ' +
      'AUTOMATIC_DIFFERENTIATION for all others.',
  })
  method!: ExplanationMethod;
}
