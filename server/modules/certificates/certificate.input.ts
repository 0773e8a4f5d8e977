import { ArgsType, Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { Payload } from '../../graphql/mutationError.type';
import { CertificateType } from './certificate.type';

@ArgsType()
export class CertificatePlanInput {
  @Field(() => ID)
  datasetId!: string;

  @Field(() => Float, {
    nullable: true,
    description: 'Least confidence to accept; without it, the one expected to save most.',
  })
  threshold?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Share that may be wrong; the dataset’s own when left out.',
  })
  epsilon?: number | null;
}

@InputType()
export class StartCertificateInput {
  @Field(() => ID)
  datasetId!: string;

  @Field(() => Float, { description: 'Images with at least this confidence are accepted.' })
  threshold!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Share that may be wrong; the dataset’s own when left out, and remembered there when given.',
  })
  epsilon?: number | null;
}

@InputType()
export class CancelCertificateInput {
  @Field(() => ID)
  id!: string;
}

@ObjectType()
export class CertificatePayload extends Payload {
  @Field(() => CertificateType, { nullable: true })
  certificate?: CertificateType;
}
