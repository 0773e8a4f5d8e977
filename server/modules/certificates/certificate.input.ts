import { ArgsType, Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { Payload } from '../../graphql/mutationError.type';
import { CertificateType } from './certificate.type';

@ArgsType()
export class CertificatePlanInput {
  @Field(() => ID, { description: 'The dataset.' })
  datasetId!: string;

  @Field(() => Float, {
    nullable: true,
    description:
      'Minimum confidence of accepted images. Default: the one that saves most on average.',
  })
  threshold?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Maximum error rate. Default: the dataset’s own.',
  })
  epsilon?: number | null;
}

@InputType({ description: 'A certificate to start.' })
export class StartCertificateInput {
  @Field(() => ID, { description: 'The dataset.' })
  datasetId!: string;

  @Field(() => Float, { description: 'Minimum confidence of accepted images.' })
  threshold!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Maximum error rate. It becomes the dataset’s setting. Default: the dataset’s own.',
  })
  epsilon?: number | null;
}

@InputType({ description: 'Cancels an open audit.' })
export class CancelCertificateInput {
  @Field(() => ID, { description: 'The certificate.' })
  id!: string;
}

@ObjectType({ description: 'Result of a mutation on a certificate.' })
export class CertificatePayload extends Payload {
  @Field(() => CertificateType, {
    nullable: true,
    description: 'The certificate. Null after an error.',
  })
  certificate?: CertificateType;
}
