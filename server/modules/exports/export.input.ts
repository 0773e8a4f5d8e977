import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { ExportInclude } from '../../../shared/enums';
import { Payload } from '../../graphql/mutationError.type';
import { ExportType } from './export.type';

@InputType({ description: 'An export to create.' })
export class ExportDatasetInput {
  @Field(() => ID, { description: 'The dataset to export.' })
  datasetId!: string;

  @Field(() => ExportInclude, {
    defaultValue: ExportInclude.LABELS,
    description: 'Which images to export.',
  })
  include!: ExportInclude;

  @Field(() => Float, {
    nullable: true,
    description:
      'With LABELS_AND_PREDICTIONS: minimum confidence of exported predictions, 0 to 1. ' +
      'Default: 0.9.',
  })
  minConfidence?: number | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'With LABELS_AND_PREDICTIONS, instead of minConfidence: an issued certificate. Its ' +
      'images are delivered in their frozen classes, with its statement in the zip.',
  })
  certificateId?: string | null;
}

@ObjectType({ description: 'Result of exportDataset.' })
export class ExportDatasetPayload extends Payload {
  @Field(() => ExportType, { nullable: true, description: 'The export. Null after an error.' })
  export?: ExportType;
}
