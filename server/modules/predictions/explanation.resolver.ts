import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import { ClassType } from '../datasets/class.type';
import type { ClassService } from '../datasets/class.service';
import type { RetrainRunService } from '../training/retrainRun.service';
import { RetrainRunType } from '../training/retrainRun.type';
import { ExplainPredictionArgs, ExplanationType } from './explanation.type';
import type { ExplanationService } from './explanation.service';

@Resolver(() => ExplanationType)
export class ExplanationResolver {
  constructor(
    private readonly explanations: ExplanationService,
    private readonly classes: ClassService,
    private readonly runs: RetrainRunService,
  ) {}

  @Query(() => ExplanationType, {
    nullable: true,
    description:
      'A heat map of the evidence for a class in an image, by the current model. Errors: ' +
      'INVALID_STATE (no prediction yet, a backbone that cannot be explained here, or a task ' +
      'that hides the prediction), ' +
      'BAD_USER_INPUT (a class that the model does not know).',
  })
  explainPrediction(
    @Args(() => ExplainPredictionArgs) args: ExplainPredictionArgs,
    @Ctx() { viewer }: Context,
  ) {
    const plain = withPlainIds(args, { imageId: 'Image' }, { classId: 'Class' });
    return this.explanations.explain(viewer, plain);
  }

  @FieldResolver(() => ClassType, { name: 'class', description: 'The class.' })
  classOf(@Root() { classId }: ExplanationType, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, classId);
  }

  @FieldResolver(() => RetrainRunType, { description: 'The run whose model was explained.' })
  run(@Root() { runId }: ExplanationType, @Ctx() { loaders }: Context) {
    return loaders.load(this.runs.byId, runId);
  }
}
