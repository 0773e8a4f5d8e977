import type { Backbone } from '../../../backbones/backbone';
import { alexnet, type AlexnetOptions } from './alexnet';
import { fineTune, type FineTuneOptions } from './fineTune';
import type { DeepNet } from './net';

/** A net described by plain values that can be sent to another process. */
export type NetRecipe =
  | ({ kind: 'alexnet' } & AlexnetOptions)
  | ({
      kind: 'fineTune';
      backbone: Pick<Backbone, 'id' | 'file' | 'sha256' | 'inputSize' | 'preprocessing'>;
    } & FineTuneOptions);

/** Creates the net of a recipe. */
export function buildRecipe(recipe: NetRecipe): DeepNet {
  return recipe.kind === 'alexnet' ? alexnet(recipe) : fineTune(recipe.backbone, recipe);
}
