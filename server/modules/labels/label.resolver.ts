import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { BlindGuard } from '../../domain/blind';
import type { Context } from '../../graphql/context';
import { toMutationError } from '../../graphql/errorMapping';
import { withPlainIds } from '../../graphql/globalId';
import { hiddenFrom, hidesAnswers } from '../../graphql/hidden';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import { ClassType } from '../datasets/class.type';
import type { ClassService } from '../datasets/class.service';
import { isReviewer } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import { Split } from '../../../shared/enums';
import { limits } from '../../../shared/limits';
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
import { consensusOf, type Consensus } from './consensus';
import { majorityOf } from './deriveConsensus';
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
  constructor(
    private readonly labelService: LabelService,
    private readonly datasets: DatasetService,
    private readonly blinds: BlindGuard,
  ) {}

  @FieldResolver(() => ConsensusType, {
    nullable: true,
    description:
      'The class that its labels together support. Null without a label, and while the viewer ' +
      'holds a task for the image in the lane HARD or AUDIT.',
  })
  async consensus(@Root() image: Image, @Ctx() context: Context) {
    if (await hidesAnswers(this.blinds, context, image)) return null;
    const shown = await this.asShown(image, context);
    const { consensusClassId: classId, consensusAt: decidedAt, consensusOrigin: origin } = shown;
    const { consensusQuality: quality, decidedBy } = shown;
    return classId && { classId, decidedAt, origin, quality, isDecided: decidedBy !== null };
  }

  @FieldResolver(() => [LabelType], {
    description:
      `The newest ${limits.maxLabelsShown} labels in force, newest first. Only the viewer’s own while the viewer holds a task for ` +
      'the image in the lane HARD or AUDIT.',
  })
  async labels(@Root() image: Image, @Ctx() context: Context) {
    const hidden = await hidesAnswers(this.blinds, context, image);
    const labels = (await context.loaders.load(this.labelService.ofImages, image.id)) ?? [];
    const shown = hidden ? labels.filter(({ userId }) => userId === context.viewer?.id) : labels;
    return shown.slice(0, limits.maxLabelsShown);
  }

  @FieldResolver(() => Split, {
    nullable: true,
    description: 'Train, validation or test. Null without a label, and where consensus is hidden.',
  })
  async split(@Root() image: Image, @Ctx() context: Context) {
    if (!image.split || (await hidesAnswers(this.blinds, context, image))) return null;
    // If only the gold class placed the image in a split, the split would reveal that it is gold.
    const shown = await this.asShown(image, context);
    return shown === image || shown.consensusClassId ? image.split : null;
  }

  @FieldResolver(() => Int, {
    description:
      'Increases with every change of the image’s labels. Send it back as expectedVersion.',
  })
  async version(@Root() image: Image, @Ctx() context: Context) {
    if (image.version === 0 || this.blinds.isDisclosed(image)) return image.version;
    // The version would reveal a second opinion or a gold image. An answer may send the 0 back.
    return (await hiddenFrom(this.blinds, context)).again.has(image.id) ? 0 : image.version;
  }

  /** A gold image looks to annotators as if its labels alone decided. */
  private async asShown(image: Image, { viewer, loaders }: Context): Promise<Consensus> {
    if (!image.isGold) return image;
    const dataset = await loaders.load(this.datasets.byId, image.datasetId);
    if (dataset && isReviewer(viewer, dataset)) return image;
    const labels = (await loaders.load(this.labelService.ofImages, image.id)) ?? [];
    return { ...consensusOf(majorityOf(labels)), consensusQuality: image.consensusQuality };
  }
}
