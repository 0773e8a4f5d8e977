import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context';
import type { ClassService } from '../../datasets/class.service';
import { ClassType } from '../../datasets/class.type';
import type { RetrainRun } from '../retrainRun.entity';
import { RetrainRunType } from '../retrainRun.type';
import type { RunClass } from '../run.ports';
import type { ConfusionRecord } from './runReport.entity';
import { RunCalibrationType, RunClassType, RunConfusionType } from './runReport.type';
import type { RunReports } from './runReports';

@Resolver(() => RetrainRunType)
export class RunReportResolver {
  constructor(private readonly reports: RunReports) {}

  @FieldResolver(() => RunCalibrationType, {
    nullable: true,
    description:
      'Calibration on the random sample. Null for an unpublished run, or with too few ' +
      'labels for held-out ones.',
  })
  calibration(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return loaders.load(this.reports.calibrations, run.id);
  }

  @FieldResolver(() => [RunConfusionType], {
    description:
      'Out-of-fold predictions by label: the confusion matrix without empty cells. If there are more ' +
      'than `first`, the largest.',
  })
  async confusions(
    @Root() run: RetrainRun,
    @Arg('first', () => Int, { defaultValue: 2_000, description: 'Maximum number of cells.' })
    first: number,
    @Ctx() { loaders }: Context,
  ) {
    const matrix = await loaders.load(this.reports.confusions, run.id);
    return matrix?.largest(first) ?? [];
  }

  @FieldResolver(() => [RunClassType], {
    description: 'Precision and recall per class, most labels first.',
  })
  async classes(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    const matrix = await loaders.load(this.reports.confusions, run.id);
    return matrix?.classes ?? [];
  }
}

@Resolver(() => RunConfusionType)
export class RunConfusionResolver {
  constructor(private readonly classes: ClassService) {}

  @FieldResolver(() => ClassType, { name: 'class', description: 'The class of the labels.' })
  classOf(@Root() { classId }: ConfusionRecord, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, classId);
  }

  @FieldResolver(() => ClassType, { description: 'The predicted class.' })
  predictedClass(@Root() { predictedClassId }: ConfusionRecord, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, predictedClassId);
  }
}

@Resolver(() => RunClassType)
export class RunClassResolver {
  constructor(private readonly classes: ClassService) {}

  @FieldResolver(() => ClassType, { name: 'class', description: 'The class.' })
  classOf(@Root() { classId }: RunClass, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, classId);
  }
}
