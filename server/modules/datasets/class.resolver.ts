import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { BlindGuard } from '../../domain/blind';
import type { Context } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import { hiddenFrom } from '../../graphql/hidden';
import {
  AddClassInput,
  ArchiveClassInput,
  ClassPayload,
  ReorderClassesInput,
  UpdateClassInput,
} from './class.input';
import type { Class } from './class.entity';
import type { ClassCounts } from './classCounts';
import type { ClassService } from './class.service';
import { ClassType } from './class.type';
import { ClassesChanged, DatasetChanged } from './dataset.events';
import { isReviewer } from './dataset.ports';
import type { DatasetService } from './dataset.service';
import { DatasetPayload, DatasetType } from './dataset.type';
import type { DatasetCounter } from './datasetCounts';

@Resolver(() => ClassType)
export class ClassResolver {
  constructor(
    private readonly classes: ClassService,
    private readonly counter: DatasetCounter,
    private readonly differences: ClassCounts,
    private readonly datasets: DatasetService,
    private readonly blinds: BlindGuard,
  ) {}

  @Mutation(() => ClassPayload, { description: 'Adds a class to a dataset.' })
  addClass(
    @Arg('input', () => AddClassInput, { description: 'Input of the mutation.' })
    input: AddClassInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.classes.add(viewer, withPlainIds(input, { datasetId: 'Dataset' }));
  }

  @Mutation(() => ClassPayload, { description: 'Changes a class’s name, colour or hotkey.' })
  updateClass(
    @Arg('input', () => UpdateClassInput, { description: 'Input of the mutation.' })
    input: UpdateClassInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.classes.update(viewer, withPlainIds(input, { id: 'Class' }));
  }

  @Mutation(() => DatasetPayload, { description: 'Changes the order of a dataset’s classes.' })
  reorderClasses(
    @Arg('input', () => ReorderClassesInput, { description: 'Input of the mutation.' })
    input: ReorderClassesInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.classes.reorder(
      viewer,
      withPlainIds(input, { datasetId: 'Dataset', classIds: 'Class' }),
    );
  }

  @Mutation(() => ClassPayload, {
    description: 'Archives a class, or restores it. Its labels are kept.',
  })
  archiveClass(
    @Arg('input', () => ArchiveClassInput, { description: 'Input of the mutation.' })
    input: ArchiveClassInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.classes.archive(viewer, withPlainIds(input, { id: 'Class' }));
  }

  @FieldResolver(() => Int, { description: 'Number of images with this consensus.' })
  async labelledCount(@Root() { id, datasetId }: Class, @Ctx() context: Context) {
    const { golds, view } = await this.viewOf(datasetId, context);
    const all = (await context.loaders.load(this.counter.labelledByClass, id)) ?? 0;
    return all + (await this.differences.labelledDifference(id, golds, view));
  }

  @FieldResolver(() => Int, {
    description: 'Number of unlabelled images with this current prediction.',
  })
  async predictedCount(@Root() { id, datasetId }: Class, @Ctx() context: Context) {
    const { golds, view } = await this.viewOf(datasetId, context);
    const all = (await context.loaders.load(this.counter.predictedByClass, id)) ?? 0;
    return all + (await this.differences.predictedDifference(id, golds, view));
  }

  private async viewOf(datasetId: string, context: Context) {
    const { viewer, loaders } = context;
    const hidden = await hiddenFrom(this.blinds, context);
    const golds = (await loaders.load(this.differences.golds, datasetId)) ?? [];
    const dataset = golds.length > 0 && (await loaders.load(this.datasets.byId, datasetId));
    const seesGold = !dataset || isReviewer(viewer, dataset);
    return { golds, view: { hidden, seesGold } };
  }
}

@Resolver(() => DatasetChanged)
export class DatasetChangedResolver {
  constructor(private readonly datasets: DatasetService) {}

  @FieldResolver(() => DatasetType, { description: 'The dataset.' })
  dataset(@Root() { record }: DatasetChanged, @Ctx() { loaders }: Context) {
    return loaders.load(this.datasets.byId, record.datasetId);
  }
}

@Resolver(() => ClassesChanged)
export class ClassesChangedResolver {
  constructor(private readonly classes: ClassService) {}

  @FieldResolver(() => [ClassType], {
    name: 'classes',
    description: 'All classes, archived ones included.',
  })
  classesOf(@Root() { record }: ClassesChanged, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.ofDataset, record.datasetId);
  }
}
