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

  @Mutation(() => ClassPayload)
  addClass(@Arg('input', () => AddClassInput) input: AddClassInput, @Ctx() { viewer }: Context) {
    return this.classes.add(viewer, withPlainIds(input, { datasetId: 'Dataset' }));
  }

  @Mutation(() => ClassPayload)
  updateClass(
    @Arg('input', () => UpdateClassInput) input: UpdateClassInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.classes.update(viewer, withPlainIds(input, { id: 'Class' }));
  }

  @Mutation(() => DatasetPayload)
  reorderClasses(
    @Arg('input', () => ReorderClassesInput) input: ReorderClassesInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.classes.reorder(
      viewer,
      withPlainIds(input, { datasetId: 'Dataset', classIds: 'Class' }),
    );
  }

  @Mutation(() => ClassPayload)
  archiveClass(
    @Arg('input', () => ArchiveClassInput) input: ArchiveClassInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.classes.archive(viewer, withPlainIds(input, { id: 'Class' }));
  }

  @FieldResolver(() => Int, { description: 'Images whose agreed class this is.' })
  labelledCount(@Root() { id }: Class, @Ctx() { loaders }: Context) {
    return loaders.load(this.counter.labelledByClass, id);
  }

  @FieldResolver(() => Int, {
    description: 'Unlabelled images whose current prediction this is.',
  })
  predictedCount(@Root() { id }: Class, @Ctx() { loaders }: Context) {
    return loaders.load(this.counter.predictedByClass, id);
  }
}

@Resolver(() => DatasetChanged)
export class DatasetChangedResolver {
  constructor(private readonly datasets: DatasetService) {}

  @FieldResolver(() => DatasetType)
  dataset(@Root() { record }: DatasetChanged, @Ctx() { loaders }: Context) {
    return loaders.load(this.datasets.byId, record.datasetId);
  }
}

@Resolver(() => ClassesChanged)
export class ClassesChangedResolver {
  constructor(private readonly classes: ClassService) {}

  @FieldResolver(() => [ClassType], { name: 'classes' })
  classesOf(@Root() { record }: ClassesChanged, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.ofDataset, record.datasetId);
  }
}
