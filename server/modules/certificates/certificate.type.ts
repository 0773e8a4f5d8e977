import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { AuditStage } from '../../../models/metrics';
import {
  CertificateObstacle,
  CertificateStatus,
  CertificateVoidReason,
} from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';
import { DatasetEvent } from '../events/event.type';

@ObjectType('AuditStage', {
  description:
    'One stage of an audit. The certificate is issued after this many audited images if ' +
    'no more than the allowed number were wrong.',
})
export class AuditStageType implements AuditStage {
  @Field(() => Int, { description: 'Number of audited images at this stage.' })
  audits!: number;

  @Field(() => Int, { description: 'Maximum number of wrong images at this stage.' })
  allowedWrong!: number;
}

@ObjectType('ThresholdPlan', {
  description: 'The plan of a certificate for the images above one confidence.',
})
export class ThresholdPlanType {
  @Field(() => Float, { description: 'Minimum confidence of accepted images.' })
  threshold!: number;

  @Field(() => Int, { name: 'accepted', description: 'Number of images that it would cover.' })
  population!: number;

  @Field(() => Int, {
    description: 'Maximum number of accepted images that may be delivered wrong.',
  })
  tolerated!: number;

  @Field(() => Float, {
    description:
      'Expected share of wrong images, from their confidences and the errors in the random ' +
      'sample.',
  })
  expectedErrorRate!: number;

  @Field(() => Float, { description: 'Probability that the certificate is issued.' })
  chance!: number;

  @Field(() => Float, { description: 'Mean number of audits.' })
  expectedAudits!: number;

  @Field(() => Float, {
    description: 'Mean number of images that nobody has to label: chance × accepted minus audits.',
  })
  expectedSaved!: number;

  @Field(() => [AuditStageType], {
    description: 'Stages of the audit, by rising number of audits.',
  })
  stages!: AuditStageType[];
}

@ObjectType('CertificatePlan', {
  description: 'What a certificate would need and save. Reading it changes nothing.',
})
export class CertificatePlanType {
  runId!: string | null;

  @Field(() => CertificateObstacle, {
    nullable: true,
    description: 'Why no certificate can be started now. Null if one can.',
  })
  obstacle!: CertificateObstacle | null;

  @Field(() => Int, { description: 'Number of unlabelled images with a prediction.' })
  remaining!: number;

  @Field(() => Float, {
    description: 'Maximum error rate: the share of accepted images that may be wrong.',
  })
  epsilon!: number;

  @Field(() => Float, {
    description: 'Allowed risk: the probability that the statement is wrong, over all attempts.',
  })
  alpha!: number;

  @Field(() => Float, { description: 'The part of alpha that earlier attempts left.' })
  alphaLeft!: number;

  @Field(() => Float, { description: 'The part of alpha that the next attempt may spend.' })
  attemptAlpha!: number;

  @Field(() => Int, {
    description: 'Number of attempts since the last certificate that have spent alpha.',
  })
  attemptsSpent!: number;

  @Field(() => ThresholdPlanType, {
    nullable: true,
    description: 'The plan at the requested threshold, or at the one that saves most on average.',
  })
  chosen!: ThresholdPlanType | null;

  @Field(() => [ThresholdPlanType], { description: 'Plans from few accepted images to all.' })
  curve!: ThresholdPlanType[];
}

@ObjectType('Certificate', {
  implements: Node,
  description:
    'A statement about images that the model decides: at most a given share of the ' +
    'accepted images is wrong, with the stated confidence. It covers the frozen ' +
    'predictions of one run. Later runs do not change it.',
})
export class CertificateType extends Node {
  datasetId!: string;
  runId!: string;
  userId!: string;

  @Field(() => ID, { name: 'id', description: 'Global id.' })
  override globalId(): string {
    return toGlobalId('Certificate', this.id);
  }

  @Field(() => Int, { description: 'Number of this attempt in its dataset, from 1.' })
  number!: number;

  @Field(() => CertificateStatus, { description: 'Its state.' })
  status!: CertificateStatus;

  @Field(() => Float, {
    description: 'Maximum error rate: the share of accepted images that may be wrong.',
  })
  epsilon!: number;

  @Field(() => Float, {
    description: 'Allowed risk: the probability that the statement is wrong, over all attempts.',
  })
  alpha!: number;

  @Field(() => Float, { description: 'The part of alpha that this attempt may spend.' })
  attemptAlpha!: number;

  @Field(() => Boolean, {
    description: 'Whether its part of alpha is spent, because somebody answered.',
  })
  spent!: boolean;

  @Field(() => Float, { description: 'Minimum confidence of the accepted images, 0 to 1.' })
  threshold!: number;

  @Field(() => Int, { name: 'accepted', description: 'Number of images that it covers.' })
  population!: number;

  @Field(() => Int, {
    description: 'Number of unlabelled images with a prediction when it started.',
  })
  remaining!: number;

  @Field(() => Int, {
    description: 'Maximum number of accepted images that may be delivered wrong.',
  })
  tolerated!: number;

  @Field(() => [AuditStageType], {
    description: 'Stages of the audit, by rising number of audits.',
  })
  stages!: AuditStageType[];

  @Field(() => Float, { description: 'Probability that it is issued, as planned.' })
  chance!: number;

  @Field(() => Float, { description: 'Mean number of audits, as planned.' })
  expectedAudits!: number;

  @Field(() => String, {
    description:
      'Seed of the sample. The audit takes the accepted images in the order of SHA-256 of ' +
      'this seed and the image’s database id.',
  })
  seed!: string;

  @Field(() => Int, {
    description:
      'Number of answers that count: those before the first open image, in the order drawn.',
  })
  audited!: number;

  @Field(() => Int, { description: 'Number of audited images whose prediction was wrong.' })
  wrong!: number;

  @Field(() => Int, {
    description: 'Number of audits at which the next decision is made if no more images are wrong.',
  })
  needed!: number;

  @Field(() => Int, { description: 'Number of accepted images that nobody has labelled so far.' })
  saved(): number {
    return Math.max(0, this.population - Math.max(this.audited, this.needed));
  }

  @Field(() => GraphQLDateTime, { description: 'When it was started.' })
  startedAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it was issued or refused.' })
  decidedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it was issued.' })
  issuedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it was cancelled or voided.' })
  endedAt!: Date | null;

  @Field(() => CertificateVoidReason, {
    nullable: true,
    description: 'Why it is void. Null if it is not.',
  })
  voidReason!: CertificateVoidReason | null;
}

@ObjectType({
  implements: DatasetEvent,
  description: 'A certificate was started, made progress, was decided, or is void.',
})
export class CertificateChanged extends DatasetEvent {}
