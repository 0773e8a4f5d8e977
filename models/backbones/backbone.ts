import type { BackboneContract } from './contract';
import type { Preprocessing } from './preprocessing';

/** A frozen network that turns pixels into embeddings. */
export interface Backbone extends Omit<BackboneContract, 'description'> {
  /** The file name without its extension. It does not depend on the folder. */
  id: string;
  /** Name for people: the one in the file, or else the id. */
  name: string;
  file: string;
  /** Hash of the file, in hexadecimal. */
  sha256: string;
  /** Size of the file. */
  bytes: number;
  /** The preprocessing for a file that takes floats. Default: x / 127.5 - 1. */
  preprocessing: Preprocessing;
  /** Origin of the weights, if the file names it. */
  source?: string | undefined;
  licence?: string | undefined;
  /** Id of our architecture, if it is one of them. */
  architecture?: string | undefined;
}
