import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { BlindGuard } from '../../domain/blind';
import type { Context } from '../../graphql/context';
import { hidesPrediction } from '../../graphql/hidden';
import { ClassType } from '../datasets/class.type';
import type { ClassService } from '../datasets/class.service';
import { payloadOf } from '../events/event.type';
import type { Image } from '../images/image.ports';
import { ImageType } from '../images/image.type';
import type { RetrainRunService } from '../training/retrainRun.service';
import { RetrainRunType } from '../training/retrainRun.type';
import type { Prediction } from './prediction.entity';
import type { PredictionRepository } from './prediction.repository';
import { ClassConfidence, PredictionsUpdated, PredictionType } from './prediction.type';

@Resolver(() => PredictionType)
export class PredictionResolver {
  constructor(
    private readonly classes: ClassService,
    private readonly runs: RetrainRunService,
  ) {}

  @FieldResolver(() => ClassType, { description: 'The class with the highest confidence.' })
  class(@Root() prediction: Prediction, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, prediction.classId);
  }

  @FieldResolver(() => [ClassConfidence], {
    description: 'The five most probable classes, best first.',
  })
  top(@Root() { topClassIds, topConfidences }: Prediction) {
    return topClassIds.map((classId, index) => ({ classId, confidence: topConfidences[index] }));
  }

  @FieldResolver(() => RetrainRunType, { description: 'The run.' })
  run(@Root() prediction: Prediction, @Ctx() { loaders }: Context) {
    return loaders.load(this.runs.byId, prediction.runId);
  }
}

@Resolver(() => ClassConfidence)
export class ClassConfidenceResolver {
  constructor(private readonly classes: ClassService) {}

  @FieldResolver(() => ClassType, { description: 'The class.' })
  class(@Root() { classId }: ClassConfidence, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, classId);
  }
}

@Resolver(() => ImageType)
export class ImagePredictionResolver {
  private readonly current = (ids: readonly string[]) => this.predictions.current(ids);

  constructor(
    private readonly predictions: PredictionRepository,
    private readonly blinds: BlindGuard,
  ) {}

  @FieldResolver(() => PredictionType, {
    nullable: true,
    description:
      'Prediction of the current model. Null before the first published run, before the image is ' +
      'embedded, and if it is hidden.',
  })
  async prediction(@Root() image: Image, @Ctx() context: Context) {
    if (await hidesPrediction(this.blinds, context, image)) return null;
    return context.loaders.load(this.current, image.id);
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether the viewer holds a blind task for it. The prediction and other people’s answers ' +
      'are hidden until the task ends.',
  })
  hidden(@Root() image: Image, @Ctx() context: Context) {
    return hidesPrediction(this.blinds, context, image);
  }
}

@Resolver(() => PredictionsUpdated)
export class PredictionsUpdatedResolver {
  constructor(private readonly runs: RetrainRunService) {}

  @FieldResolver(() => RetrainRunType, { description: 'The run that predicted them.' })
  run(@Root() event: PredictionsUpdated, @Ctx() { loaders }: Context) {
    return loaders.load(this.runs.byId, payloadOf(event, 'predictions.updated').runId);
  }
}
