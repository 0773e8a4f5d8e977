import type { Backbone } from '../../../backbones/registry';
import { alexnet, type AlexnetOptions } from './alexnet';
import { fineTune, type FineTuneOptions } from './fineTune';
import type { DeepNet } from './net';

/** A net said in plain values, so that it can be sent to another process. */
export type NetRecipe =
  | ({ kind: 'alexnet' } & AlexnetOptions)
  | ({
      kind: 'fineTune';
      backbone: Pick<Backbone, 'id' | 'file' | 'sha256' | 'inputSize' | 'preprocessing'>;
    } & FineTuneOptions);

/** The net that a recipe is for. */
export function netOf(recipe: NetRecipe): DeepNet {
  return recipe.kind === 'alexnet' ? alexnet(recipe) : fineTune(recipe.backbone, recipe);
}
