import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
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

  constructor(private readonly predictions: PredictionRepository) {}

  @FieldResolver(() => PredictionType, {
    nullable: true,
    description:
      'Prediction of the current model. Null before the first published run, or before the ' +
      'image is embedded.',
  })
  prediction(@Root() image: Image, @Ctx() { loaders }: Context) {
    return loaders.load(this.current, image.id);
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
