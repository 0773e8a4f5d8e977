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
    'After so many audited images the certificate is issued if no more were wrong than allowed.',
})
export class AuditStageType implements AuditStage {
  @Field(() => Int)
  audits!: number;

  @Field(() => Int)
  allowedWrong!: number;
}

@ObjectType('ThresholdPlan', {
  description: 'What a certificate over the images from one confidence on would take.',
})
export class ThresholdPlanType {
  @Field(() => Float, { description: 'Least confidence that is accepted.' })
  threshold!: number;

  @Field(() => Int, { name: 'accepted', description: 'Images that it would speak about.' })
  population!: number;

  @Field(() => Int, { description: 'Of them at most so many may be delivered wrong.' })
  tolerated!: number;

  @Field(() => Float, {
    description:
      'Share of them that is believed to be wrong: by their confidences and the random sample’s errors.',
  })
  expectedErrorRate!: number;

  @Field(() => Float, { description: 'Chance that the certificate would be issued.' })
  chance!: number;

  @Field(() => Float, { description: 'Audits that it takes on average.' })
  expectedAudits!: number;

  @Field(() => Float, {
    description: 'Images that nobody need look at, on average: chance × accepted less the audits.',
  })
  expectedSaved!: number;

  @Field(() => [AuditStageType], { description: 'By rising number of audits.' })
  stages!: AuditStageType[];
}

@ObjectType('CertificatePlan', {
  description:
    'What a certificate takes and saves, told before it is begun. Asking changes nothing.',
})
export class CertificatePlanType {
  runId!: string | null;

  @Field(() => CertificateObstacle, {
    nullable: true,
    description: 'Why none can be begun now; null when one can.',
  })
  obstacle!: CertificateObstacle | null;

  @Field(() => Int, { description: 'Unlabelled images with a prediction.' })
  remaining!: number;

  @Field(() => Float, { description: 'Share that may be wrong.' })
  epsilon!: number;

  @Field(() => Float, {
    description: 'Chance that the promise may be wrong, over all attempts at it.',
  })
  alpha!: number;

  @Field(() => Float, { description: 'What earlier attempts at this promise left of alpha.' })
  alphaLeft!: number;

  @Field(() => Float, { description: 'The part of alpha that the next attempt takes.' })
  attemptAlpha!: number;

  @Field(() => Int, { description: 'Attempts since the last certificate that have spent alpha.' })
  attemptsSpent!: number;

  @Field(() => ThresholdPlanType, {
    nullable: true,
    description: 'At the threshold asked for, or the one expected to save most.',
  })
  chosen!: ThresholdPlanType | null;

  @Field(() => [ThresholdPlanType], { description: 'From few accepted images to all.' })
  curve!: ThresholdPlanType[];
}

@ObjectType('Certificate', {
  implements: Node,
  description:
    'A promise about what the model decides: at most a share of the accepted images is wrong, with stated ' +
    'confidence. It holds for the frozen predictions of one run; later runs do not touch it.',
})
export class CertificateType extends Node {
  datasetId!: string;
  runId!: string;
  userId!: string;

  @Field(() => ID, { name: 'id' })
  override globalId(): string {
    return toGlobalId('Certificate', this.id);
  }

  @Field(() => Int, { description: 'Counts the dataset’s attempts.' })
  number!: number;

  @Field(() => CertificateStatus)
  status!: CertificateStatus;

  @Field(() => Float, { description: 'Share that may be wrong.' })
  epsilon!: number;

  @Field(() => Float, {
    description: 'Chance that the promise may be wrong, over all attempts at it.',
  })
  alpha!: number;

  @Field(() => Float, { description: 'The part of alpha that this attempt may use.' })
  attemptAlpha!: number;

  @Field(() => Boolean, { description: 'Somebody answered, so that part is used up.' })
  spent!: boolean;

  @Field(() => Float)
  threshold!: number;

  @Field(() => Int, { name: 'accepted', description: 'Images that it speaks about.' })
  population!: number;

  @Field(() => Int, { description: 'Unlabelled images with a prediction when it began.' })
  remaining!: number;

  @Field(() => Int, { description: 'Of the accepted at most so many may be delivered wrong.' })
  tolerated!: number;

  @Field(() => [AuditStageType])
  stages!: AuditStageType[];

  @Field(() => Float, { description: 'Chance to be issued, as told beforehand.' })
  chance!: number;

  @Field(() => Float, { description: 'Audits on average, as told beforehand.' })
  expectedAudits!: number;

  @Field(() => String, {
    description:
      'The audit is the accepted images in the order of SHA-256 of this seed and the image’s database id.',
  })
  seed!: string;

  @Field(() => Int, { description: 'Answers that count: those before the first image still open.' })
  audited!: number;

  @Field(() => Int, { description: 'Audited images whose prediction was wrong.' })
  wrong!: number;

  @Field(() => Int, { description: 'Audits at which it is decided next if no more are wrong.' })
  needed!: number;

  @Field(() => Int, { description: 'Accepted images that nobody needed to look at so far.' })
  saved(): number {
    return Math.max(0, this.population - Math.max(this.audited, this.needed));
  }

  @Field(() => GraphQLDateTime)
  startedAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Issued or refused.' })
  decidedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  issuedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Cancelled or void since.' })
  endedAt!: Date | null;

  @Field(() => CertificateVoidReason, { nullable: true })
  voidReason!: CertificateVoidReason | null;
}

@ObjectType({
  implements: DatasetEvent,
  description: 'A certificate was begun, came nearer, was decided, or is void.',
})
export class CertificateChanged extends DatasetEvent {}
