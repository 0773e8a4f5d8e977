import { ArgsType, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { PageArgs, PageInfo } from '../../graphql/pagination';
import { RunChangeKind } from '../../../shared/enums';

@ObjectType('RunChange', { description: 'The predictions of two runs for one image.' })
export class RunChangeType {
  imageId!: string;
  fromClassId!: string;
  toClassId!: string;

  @Field(() => Float, { description: 'Confidence of the first run in the class that it predicts.' })
  fromConfidence!: number;

  @Field(() => Float, {
    description: 'Confidence of the second run in the class that it predicts.',
  })
  toConfidence!: number;

  @Field(() => Float, {
    description:
      'The second run’s confidence in its class minus the first run’s confidence in that ' +
      'class, -1 to 1. A class outside the first run’s top five counts as 0.',
  })
  change!: number;
}

@ObjectType({ description: 'A changed image on a page.' })
class RunChangeEdge {
  @Field(() => String, { description: 'Cursor of this entry. The next page starts after it.' })
  cursor!: string;

  @Field(() => RunChangeType, { description: 'The entry.' })
  node!: RunChangeType;
}

@ObjectType({ description: 'A page of changed images.' })
export class RunChangeConnection {
  @Field(() => [RunChangeEdge], { description: 'The entries of this page with their cursors.' })
  edges!: RunChangeEdge[];

  @Field(() => [RunChangeType], { description: 'The entries of this page.' })
  nodes!: RunChangeType[];

  @Field(() => PageInfo, { description: 'Position of this page in the list.' })
  pageInfo!: PageInfo;
}

@ArgsType()
export class RunChangesArgs extends PageArgs {
  @Field(() => RunChangeKind, {
    defaultValue: RunChangeKind.CHANGED_CLASS,
    description: 'Only images that changed in this way.',
  })
  kind!: RunChangeKind;

  @Field(() => ID, {
    nullable: true,
    description: 'Only images that the first run predicts as this class.',
  })
  fromClassId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Only images that the second run predicts as this class.',
  })
  toClassId?: string | null;
}

@ObjectType({
  description: 'Images that one run predicts as one class and the other run as another.',
})
export class RunTransition {
  fromClassId!: string;
  toClassId!: string;

  @Field(() => Int, { description: 'Number of images.' })
  count!: number;
}

@ObjectType({
  description: 'Labels of one person for one class between the snapshots of two runs.',
})
export class RunLabels {
  userId!: string;
  classId!: string;

  @Field(() => Int, { description: 'Number of labels given, imported ones included.' })
  given!: number;

  @Field(() => Int, { description: 'Number of labels undone.' })
  undone!: number;

  @Field(() => Int, {
    description: 'Number of images that got this consensus, by anybody’s labels.',
  })
  becameClass!: number;
}

@ObjectType({
  description: 'Precision and recall of two runs for one class, by out-of-fold predictions.',
})
export class RunClassChange {
  classId!: string;

  @Field(() => Int, {
    description: 'Number of labels of the class in the second run’s evaluation.',
  })
  labels!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Precision of the first run. Null without predictions.',
  })
  fromPrecision!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Precision of the second run. Null without predictions.',
  })
  toPrecision!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Recall of the first run. Null without labels.',
  })
  fromRecall!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Recall of the second run. Null without labels.',
  })
  toRecall!: number | null;
}

@ObjectType('RunDiff', {
  description:
    'The differences between two published runs. Images are compared if both predictions ' +
    'are stored: see missing.',
})
export class RunDiffType {
  fromId!: string;
  toId!: string;

  @Field(() => Int, { description: 'Number of images that both runs predict.' })
  compared!: number;

  @Field(() => Int, { description: 'Number of images with different predicted classes.' })
  changedClass!: number;

  @Field(() => Int, {
    description: 'Number of images of the same class whose confidence rose by 0.01 or more.',
  })
  gained!: number;

  @Field(() => Int, {
    description: 'Number of images of the same class whose confidence fell by 0.01 or more.',
  })
  lost!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean confidence of the second run minus that of the first. Null without images.',
  })
  meanConfidenceChange!: number | null;
}
