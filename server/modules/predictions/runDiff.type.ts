import { ArgsType, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { PageArgs, PageInfo } from '../../graphql/pagination';
import { RunChangeKind } from '../../../shared/enums';

@ObjectType('RunChange', { description: 'What two runs say of one image.' })
export class RunChangeType {
  imageId!: string;
  fromClassId!: string;
  toClassId!: string;

  @Field(() => Float, { description: 'Of the class that the first run predicts.' })
  fromConfidence!: number;

  @Field(() => Float, { description: 'Of the class that the second run predicts.' })
  toConfidence!: number;

  @Field(() => Float, {
    description:
      'How much more the second run believes in the class it predicts than the first one did, -1 to 1. (What the ' +
      'first one gave to a class that was not among its five likeliest counts as 0.)',
  })
  change!: number;
}

@ObjectType()
class RunChangeEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => RunChangeType)
  node!: RunChangeType;
}

@ObjectType()
export class RunChangeConnection {
  @Field(() => [RunChangeEdge])
  edges!: RunChangeEdge[];

  @Field(() => [RunChangeType])
  nodes!: RunChangeType[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ArgsType()
export class RunChangesArgs extends PageArgs {
  @Field(() => RunChangeKind, { defaultValue: RunChangeKind.CHANGED_CLASS })
  kind!: RunChangeKind;

  @Field(() => ID, { nullable: true, description: 'Only images that the first run predicts so.' })
  fromClassId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only images that the second run predicts so.' })
  toClassId?: string | null;
}

@ObjectType({ description: 'Images that one run predicts as one class and the other as another.' })
export class RunTransition {
  fromClassId!: string;
  toClassId!: string;

  @Field(() => Int)
  count!: number;
}

@ObjectType({
  description: 'What one person answered between the snapshots of the two runs, for one class.',
})
export class RunLabels {
  userId!: string;
  classId!: string;

  @Field(() => Int, { description: 'Labels given, imported ones included.' })
  given!: number;

  @Field(() => Int, { description: 'Labels taken back.' })
  undone!: number;

  @Field(() => Int, { description: 'Images that became this class, whoever’s labels it was by.' })
  becameClass!: number;
}

@ObjectType({ description: 'How the two runs do on one class, on labels their judges never saw.' })
export class RunClassChange {
  classId!: string;

  @Field(() => Int, { description: 'Labels of the class that the second run was judged on.' })
  labels!: number;

  @Field(() => Float, { nullable: true })
  fromPrecision!: number | null;

  @Field(() => Float, { nullable: true })
  toPrecision!: number | null;

  @Field(() => Float, { nullable: true })
  fromRecall!: number | null;

  @Field(() => Float, { nullable: true })
  toRecall!: number | null;
}

@ObjectType('RunDiff', {
  description:
    'What is different between two published runs. Images are compared where both predictions are there: see missing.',
})
export class RunDiffType {
  fromId!: string;
  toId!: string;

  @Field(() => Int, { description: 'Images that both predict.' })
  compared!: number;

  @Field(() => Int, { description: 'Images that the two predict as different classes.' })
  changedClass!: number;

  @Field(() => Int, {
    description: 'Images of the same class whose confidence rose by 0.01 or more.',
  })
  gained!: number;

  @Field(() => Int, {
    description: 'Images of the same class whose confidence fell by 0.01 or more.',
  })
  lost!: number;

  @Field(() => Float, { nullable: true, description: 'Second minus first; null with no images.' })
  meanConfidenceChange!: number | null;
}
