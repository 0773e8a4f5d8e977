import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { toMutationError } from '../../graphql/errorMapping';
import { withPlainIds } from '../../graphql/globalId';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import { ClassType } from '../datasets/class.type';
import type { ClassService } from '../datasets/class.service';
import type { Image } from '../images/image.ports';
import type { ImageService } from '../images/image.service';
import { ImageType } from '../images/image.type';
import {
  RecordLabelInput,
  RecordLabelPayload,
  RecordLabelsInput,
  RecordLabelsPayload,
  UndoLabelInput,
  UndoLabelPayload,
} from './label.input';
import type { Label } from './label.entity';
import type { LabelOutcome, LabelService } from './label.service';
import { ConsensusType, LabelType } from './label.type';

const plainAnswer = (input: RecordLabelInput): RecordLabelInput =>
  withPlainIds(input, { imageId: 'Image', classId: 'Class' });

/** Shows the failure of one answer as data. */
const toPayload = (outcome: LabelOutcome) =>
  'error' in outcome ? { ...outcome, error: toMutationError(outcome.error) } : outcome;

@Resolver(() => LabelType)
export class LabelResolver {
  constructor(
    private readonly labels: LabelService,
    private readonly images: ImageService,
    private readonly classes: ClassService,
    private readonly auth: AuthService,
  ) {}

  @Mutation(() => RecordLabelPayload, { description: 'Records the viewer’s label for an image.' })
  recordLabel(
    @Arg('input', () => RecordLabelInput, { description: 'Input of the mutation.' })
    input: RecordLabelInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.labels.record(viewer, plainAnswer(input));
  }

  @Mutation(() => RecordLabelsPayload, {
    description: 'Records several labels, such as a grid. Each one succeeds or fails separately.',
  })
  async recordLabels(
    @Arg('input', () => RecordLabelsInput, { description: 'Input of the mutation.' })
    input: RecordLabelsInput,
    @Ctx() { viewer }: Context,
  ) {
    const results = await this.labels.recordAll(viewer, input.labels.map(plainAnswer));
    return { results: results.map(toPayload) };
  }

  @Mutation(() => UndoLabelPayload, { description: 'Undoes a label of the viewer.' })
  undoLabel(
    @Arg('input', () => UndoLabelInput, { description: 'Input of the mutation.' })
    input: UndoLabelInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.labels.undo(viewer, withPlainIds(input, { labelId: 'Label' }));
  }

  @FieldResolver(() => ImageType, { description: 'The image.' })
  image(@Root() label: Label, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.byId, label.imageId);
  }

  @FieldResolver(() => ClassType, { description: 'The class that the person chose.' })
  class(@Root() label: Label, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, label.classId);
  }

  @FieldResolver(() => UserType, { description: 'The person who gave it.' })
  person(@Root() label: Label, @Ctx() { loaders }: Context) {
    return loaders.load(this.auth.usersById, label.userId);
  }
}

@Resolver(() => ConsensusType)
export class ConsensusResolver {
  constructor(private readonly classes: ClassService) {}

  @FieldResolver(() => ClassType, { description: 'The class.' })
  class(@Root() consensus: ConsensusType, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, consensus.classId);
  }
}

@Resolver(() => ImageType)
export class ImageLabelsResolver {
  constructor(private readonly labelService: LabelService) {}

  @FieldResolver(() => ConsensusType, {
    nullable: true,
    description: 'The class that its labels together support. Null without a label.',
  })
  consensus(@Root() image: Image) {
    const { consensusClassId: classId, consensusAt: decidedAt, consensusOrigin: origin } = image;
    const { consensusQuality: quality, decidedBy } = image;
    return classId && { classId, decidedAt, origin, quality, isDecided: decidedBy !== null };
  }

  @FieldResolver(() => [LabelType], { description: 'Labels in force, newest first.' })
  labels(@Root() image: Image, @Ctx() { loaders }: Context) {
    return loaders.load(this.labelService.ofImages, image.id);
  }
}
