import { ArgsType, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { ExplanationMethod } from '../../../shared/enums';

@ArgsType()
export class ExplainPredictionArgs {
  @Field(() => ID)
  imageId!: string;

  @Field(() => ID, { nullable: true, description: 'The predicted class without it.' })
  classId?: string | null;
}

@ObjectType('Explanation', {
  description:
    'Where in an image the current model sees a class (Grad-CAM). The map lies over the whole image, stretched.',
})
export class ExplanationType {
  runId!: string;
  classId!: string;

  @Field(() => Int)
  width!: number;

  @Field(() => Int)
  height!: number;

  @Field(() => [Float], {
    description:
      'height × width, row by row, 0 to 1: what each cell speaks for the class; 1 for the one that speaks most, ' +
      '0 for those that say nothing or speak against it.',
  })
  values!: number[];

  @Field(() => Float, {
    description:
      'The cell of value 1 in logits. With CLOSED_FORM the mean of all cells, those against the class included, plus the ' +
      'head’s bias is the logit.',
  })
  largest!: number;

  @Field(() => Float, {
    description: 'The model’s score of the class, before confidences are made of the scores.',
  })
  logit!: number;

  @Field(() => ExplanationMethod, {
    description:
      'CLOSED_FORM for a backbone that averages its feature map: exact. AUTOMATIC_DIFFERENTIATION for every other.',
  })
  method!: ExplanationMethod;
}
