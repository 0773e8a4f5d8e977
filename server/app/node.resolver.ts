import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { Context } from '../graphql/context';
import { limits } from '../../shared/limits';
import { LimitExceededError } from '../domain/errors';
import type { NodeName } from '../domain/ids';
import { parseGlobalId } from '../graphql/globalId';
import { hiddenFrom } from '../graphql/hidden';
import { Node } from '../graphql/node.type';
import { requireViewer } from '../modules/auth/auth.service';
import type { Label } from '../modules/labels/label.ports';
import type { Container } from './container';

type Services = Pick<
  Container,
  | 'blinds'
  | 'auth'
  | 'datasets'
  | 'classes'
  | 'images'
  | 'labels'
  | 'runs'
  | 'exports'
  | 'certificates'
>;
interface OfDataset {
  datasetId: string;
}

/** Resolves every object with a global id by that id. */
@Resolver()
export class NodeResolver {
  constructor(private readonly services: Services) {}

  @Query(() => Node, {
    nullable: true,
    description: 'The object with this global id. Null if there is none.',
  })
  node(
    @Arg('id', () => ID, { description: 'The global id.' }) id: string,
    @Ctx() context: Context,
  ) {
    return this.find(id, context);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description:
      'The objects with these global ids, in this order, with null for those that do not ' +
      'exist.',
  })
  nodes(
    @Arg('ids', () => [ID], { description: 'The global ids.' }) ids: string[],
    @Ctx() context: Context,
  ) {
    if (ids.length > limits.maxPageSize)
      throw new LimitExceededError('ids in one call', limits.maxPageSize, ids.length);
    return Promise.all(ids.map((id) => this.find(id, context)));
  }

  /** Null if it does not exist or the viewer may not see it. */
  private async find(globalId: string, context: Context): Promise<object | null> {
    requireViewer(context.viewer);
    const parsed = parseGlobalId(globalId);
    if (!parsed) return null;
    const found = await this.load(parsed.type as NodeName, parsed.id, context);
    if (!found) return null;
    return Object.assign(Object.create({ nodeType: parsed.type }) as object, found);
  }

  private async load(type: NodeName, id: string, context: Context): Promise<object | null> {
    const { auth, datasets, classes, images, labels, runs, exports, certificates } = this.services;
    const { loaders } = context;
    switch (type) {
      case 'User':
        return (await loaders.load(auth.usersById, id)) ?? null;
      case 'Dataset':
        return this.visible(id, context, await loaders.load(datasets.byId, id));
      case 'Class':
        return this.inDataset(context, await loaders.load(classes.byId, id));
      case 'Image':
        return this.inDataset(context, await loaders.load(images.byId, id));
      case 'Label':
        return this.labelFor(context, await loaders.load(labels.byId, id));
      case 'RetrainRun':
        return this.inDataset(context, await loaders.load(runs.byId, id));
      case 'Import':
        return this.inDataset(context, await loaders.load(images.importsById, id));
      case 'Export':
        return this.inDataset(context, await loaders.load(exports.byId, id));
      case 'Certificate':
        return this.inDataset(context, await loaders.load(certificates.byId, id));
      default:
        return null;
    }
  }

  /** Hides other people's answers from a person who is about to answer the image. */
  private async labelFor(context: Context, label: Label | undefined) {
    const isHidden =
      label !== undefined &&
      label.userId !== context.viewer?.id &&
      (await hiddenFrom(this.services.blinds, context)).answers.has(label.imageId);
    return isHidden ? null : this.inDataset(context, label);
  }

  private inDataset<T extends OfDataset>(context: Context, found: T | undefined) {
    return found ? this.visible(found.datasetId, context, found) : null;
  }

  /** What belongs to a dataset exists only as long as the dataset does. */
  private visible<T extends object>(datasetId: string, { viewer }: Context, found?: T) {
    return found && this.services.datasets.mayView(viewer, datasetId) ? found : null;
  }
}
