import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import { pageRequest, toConnection } from '../../graphql/pagination';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import { ClassType } from '../datasets/class.type';
import type { ClassService } from '../datasets/class.service';
import type { ImageService } from '../images/image.service';
import { ImageType } from '../images/image.type';
import type { RetrainRun } from '../training/run.ports';
import { RetrainRunType } from '../training/retrainRun.type';
import type { RetainedPredictions } from './retainedPredictions';
import type { RunDiff, RunDiffService } from './runDiff.service';
import {
  RunChangeConnection,
  RunChangesArgs,
  RunChangeType,
  RunClassChange,
  RunDiffType,
  RunLabels,
  RunTransition,
} from './runDiff.type';

@Resolver(() => RunDiffType)
export class RunDiffResolver {
  constructor(
    private readonly diffs: RunDiffService,
    private readonly kept: RetainedPredictions,
  ) {}

  @Query(() => RunDiffType, {
    nullable: true,
    description:
      'A comparison of two published runs of one dataset. Errors: BAD_USER_INPUT (of two ' +
      'datasets), INVALID_STATE (one was not published).',
  })
  runDiff(
    @Arg('fromRunId', () => ID, { description: 'The first run.' }) fromRunId: string,
    @Arg('toRunId', () => ID, { description: 'The second run.' }) toRunId: string,
    @Ctx() { viewer }: Context,
  ) {
    const ids = { fromRunId, toRunId };
    return this.diffs.open(
      viewer,
      withPlainIds(ids, { fromRunId: 'RetrainRun', toRunId: 'RetrainRun' }),
    );
  }

  @FieldResolver(() => RetrainRunType, { description: 'The first run.' })
  from(@Root() { from }: RunDiff) {
    return from;
  }

  @FieldResolver(() => RetrainRunType, { description: 'The second run.' })
  to(@Root() { to }: RunDiff) {
    return to;
  }

  @FieldResolver(() => [RetrainRunType], {
    description:
      'Runs of the two whose predictions were deleted, so that images cannot be compared. ' +
      'restoreRunPredictions computes them again.',
  })
  async missing(@Root() { from, to }: RunDiff) {
    const kept = await this.kept.ofRuns([from.id, to.id]);
    return [from, to].filter(({ id }) => !kept.get(id));
  }

  @FieldResolver(() => RunChangeConnection, {
    description: 'Images, largest change first, without those whose prediction is hidden.',
  })
  async changes(@Root() diff: RunDiff, @Args(() => RunChangesArgs) args: RunChangesArgs) {
    const request = pageRequest(args, ['fraction', 'uuid']);
    const plain = withPlainIds(args, {}, { fromClassId: 'Class', toClassId: 'Class' });
    return toConnection(await this.diffs.changes(diff, plain, request), request);
  }

  @FieldResolver(() => [RunTransition], {
    description: 'Numbers of images per pair of classes, most first.',
  })
  transitions(
    @Root() diff: RunDiff,
    @Arg('first', () => Int, { defaultValue: 20, description: 'Maximum number of pairs.' })
    first: number,
  ) {
    return this.diffs.transitions(diff, first);
  }

  @FieldResolver(() => [RunLabels], {
    description: 'Labels between the two snapshots by person and class, most first.',
  })
  labels(@Root() diff: RunDiff) {
    return this.diffs.labels(diff);
  }

  @FieldResolver(() => [RunClassChange], {
    description: 'Precision and recall of both runs per class, most labels first.',
  })
  classes(@Root() diff: RunDiff) {
    return this.diffs.classes(diff);
  }
}

@Resolver(() => RetrainRunType)
export class RunChangesResolver {
  constructor(private readonly diffs: RunDiffService) {}

  @FieldResolver(() => RetrainRunType, {
    nullable: true,
    description: 'The run of this dataset that was published before it.',
  })
  previous(@Root() run: RetrainRun, @Ctx() { loaders }: Context) {
    return loaders.load(this.diffs.previousOf, run.id);
  }

  @FieldResolver(() => RunDiffType, {
    nullable: true,
    description:
      'Changes since the run before it. Null for the first run and for unpublished ones.',
  })
  changesSincePrevious(@Root() run: RetrainRun, @Ctx() { viewer }: Context) {
    return this.diffs.sincePrevious(viewer, run);
  }
}

@Resolver(() => RunChangeType)
export class RunChangeResolver {
  constructor(
    private readonly classes: ClassService,
    private readonly images: ImageService,
  ) {}

  @FieldResolver(() => ImageType, { description: 'The image.' })
  image(@Root() { imageId }: RunChangeType, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.byId, imageId);
  }

  @FieldResolver(() => ClassType, { description: 'Class that the first run predicts.' })
  fromClass(@Root() { fromClassId }: RunChangeType, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, fromClassId);
  }

  @FieldResolver(() => ClassType, { description: 'Class that the second run predicts.' })
  toClass(@Root() { toClassId }: RunChangeType, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, toClassId);
  }
}

@Resolver(() => RunTransition)
export class RunTransitionResolver {
  constructor(private readonly classes: ClassService) {}

  @FieldResolver(() => ClassType, { description: 'Class by the first run.' })
  fromClass(@Root() { fromClassId }: RunTransition, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, fromClassId);
  }

  @FieldResolver(() => ClassType, { description: 'Class by the second run.' })
  toClass(@Root() { toClassId }: RunTransition, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, toClassId);
  }
}

@Resolver(() => RunLabels)
export class RunLabelsResolver {
  constructor(
    private readonly classes: ClassService,
    private readonly auth: AuthService,
  ) {}

  @FieldResolver(() => UserType, { description: 'The person.' })
  person(@Root() { userId }: RunLabels, @Ctx() { loaders }: Context) {
    return loaders.load(this.auth.usersById, userId);
  }

  @FieldResolver(() => ClassType, { name: 'class', description: 'The class.' })
  classOf(@Root() { classId }: RunLabels, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, classId);
  }
}

@Resolver(() => RunClassChange)
export class RunClassChangeResolver {
  constructor(private readonly classes: ClassService) {}

  @FieldResolver(() => ClassType, { name: 'class', description: 'The class.' })
  classOf(@Root() { classId }: RunClassChange, @Ctx() { loaders }: Context) {
    return loaders.load(this.classes.byId, classId);
  }
}
