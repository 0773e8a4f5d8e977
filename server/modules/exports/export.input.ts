import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { ExportInclude } from '../../../shared/enums';
import { Payload } from '../../graphql/mutationError.type';
import { ExportType } from './export.type';

@InputType()
export class ExportDatasetInput {
  @Field(() => ID)
  datasetId!: string;

  @Field(() => ExportInclude, { defaultValue: ExportInclude.LABELS })
  include!: ExportInclude;

  @Field(() => Float, {
    nullable: true,
    description: 'For LABELS_AND_PREDICTIONS: predictions at or above it; 0.9 when left out.',
  })
  minConfidence?: number | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'For LABELS_AND_PREDICTIONS, instead of a least confidence: an issued certificate. Its images are delivered in ' +
      'the classes that were frozen, with its statement in the zip.',
  })
  certificateId?: string | null;
}

@ObjectType()
export class ExportDatasetPayload extends Payload {
  @Field(() => ExportType, { nullable: true })
  export?: ExportType;
}
