import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import {
  AddClassInput,
  ArchiveClassInput,
  ClassPayload,
  ReorderClassesInput,
  UpdateClassInput,
} from './class.input';
import type { Class } from './class.entity';
import type { ClassService } from './class.service';
import { ClassType } from './class.type';
import { ClassesChanged, DatasetChanged } from './dataset.events';
import type { DatasetService } from './dataset.service';
import { DatasetPayload, DatasetType } from './dataset.type';
import type { DatasetCounter } from './datasetCounts';

@Resolver(() => ClassType)
export class ClassResolver {
  constructor(
    private readonly classes: ClassService,
    private readonly counter: DatasetCounter,
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
  labelledCount(@Root() { id }: Class, @Ctx() { loaders }: Context) {
    return loaders.load(this.counter.labelledByClass, id);
  }

  @FieldResolver(() => Int, {
    description: 'Number of unlabelled images with this current prediction.',
  })
  predictedCount(@Root() { id }: Class, @Ctx() { loaders }: Context) {
    return loaders.load(this.counter.predictedByClass, id);
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
