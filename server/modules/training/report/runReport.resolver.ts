import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context';
import type { ClassService } from '../../datasets/class.service';
import { ClassType } from '../../datasets/class.type';
import type { RetrainRun } from '../retrainRun.entity';
import { RetrainRunType } from '../retrainRun.type';
import { runClasses, type RunClass } from './runClasses';
import type { ConfusionRecord } from './runReport.entity';
import { RunCalibrationType, RunClassType, RunConfusionType } from './runReport.type';
import type { RunReports } from './runReports';

@Resolver(() => RetrainRunType)
export class RunReportResolver {
  constructor(private readonly reports: RunReports) {}

  @FieldResolver(() => RunCalibrationType, {
    nullable: true,
    description: 'Null for a run that had too few labels to hold some out, or was not published.',
  })
  async calibration(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return (await loaders.load(this.reports.ofRuns, run.id))?.calibration;
  }

  @FieldResolver(() => [RunConfusionType], {
    description:
      'Which labels, none of them seen by the head that judged it, were predicted as what; cells of 0 left out.',
  })
  async confusions(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return (await loaders.load(this.reports.ofRuns, run.id))?.confusion ?? [];
  }

  @FieldResolver(() => [RunClassType], { description: 'The same per class, most labels first.' })
  async classes(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return runClasses((await loaders.load(this.reports.ofRuns, run.id))?.confusion ?? []);
  }
}

@Resolver(() => RunConfusionType)
export class RunConfusionResolver {
  constructor(private readonly classes: ClassService) {}

  @FieldResolver(() => ClassType, { name: 'class' })
  classOf(@Root() { classId }: ConfusionRecord, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, classId);
  }

  @FieldResolver(() => ClassType)
  predictedClass(@Root() { predictedClassId }: ConfusionRecord, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, predictedClassId);
  }
}

@Resolver(() => RunClassType)
export class RunClassResolver {
  constructor(private readonly classes: ClassService) {}

  @FieldResolver(() => ClassType, { name: 'class' })
  classOf(@Root() { classId }: RunClass, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, classId);
  }
}
