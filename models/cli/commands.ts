import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { addBackbone } from '../backbones/add/addBackbone';
import { architectureOf, architectures } from '../backbones/architectures';
import { backboneFolders, modelsFolder } from '../backbones/folders';
import { isPreprocessing, preprocessings } from '../backbones/preprocessing';
import { pullBackbone } from '../backbones/pull';
import type { Backbone } from '../backbones/backbone';
import { findBackbones } from '../backbones/registry';
import { removeBackbone } from '../backbones/store';
import { UsageError, type Command } from './command';
import { distil } from './distil';
import { quantise } from './quantise';
import { table } from './table';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const published = architectures.map(({ id }) => id).join(', ');
const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** Returns the one positional argument. */
function single(positionals: readonly string[], what: string): string {
  const [argument] = positionals;
  if (argument && positionals.length === 1) return argument;
  throw new UsageError(`give one ${what}, not ${positionals.length}`);
}

const pull: Command = async (args, { env, print, progress, signal }) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { from: text },
  });
  const id = single(positionals, 'id');
  const architecture = architectureOf(id);
  if (!architecture)
    throw new UsageError(`there is no published network ${id}; there are ${published}`);
  const { file, bytes, agreement } = await pullBackbone(architecture, {
    folder: modelsFolder(env),
    from: values.from,
    say: (line) => progress.say(line),
    onProgress: (received, total) => progress.download(received, total),
    signal,
  });
  const { licence } = architecture.source;
  print(`${id}: ${file} (${mebibytes(bytes)}; licence of the weights: ${licence})`);
  print(
    'ONNX Runtime and TensorFlow.js differ by at most ' +
      `${agreement.embedding.toExponential(1)} in embeddings, ` +
      `${agreement.featureMap.toExponential(1)} in feature maps, of the largest value`,
  );
};

const add: Command = async (args, { env, print, progress, signal }) => {
  const options = { id: text, name: text, preprocessing: text, licence: text, replace: flag };
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const file = single(positionals, 'file');
  const { preprocessing } = values;
  if (preprocessing !== undefined && !isPreprocessing(preprocessing))
    throw new UsageError(`--preprocessing is one of ${Object.keys(preprocessings).join(', ')}`);
  const added = await addBackbone(file, {
    ...values,
    preprocessing,
    folder: modelsFolder(env),
    say: (line) => progress.say(line),
    signal,
  });
  const { id, inputSize, embeddingSize, unexplained } = added;
  print(`${id}: ${added.file} (${mebibytes(added.bytes)})`);
  print(
    `${inputSize} × ${inputSize} pixels, ${added.preprocessing}; embeddings of ${embeddingSize}; ` +
      (unexplained ?? 'heat maps explain its predictions'),
  );
};

const row = (backbone: Backbone): string[] => [
  backbone.id,
  backbone.name,
  mebibytes(backbone.bytes),
  `${backbone.inputSize} px`,
  backbone.takesBytes ? 'in the file' : backbone.preprocessing.name,
  String(backbone.embeddingSize),
  [backbone.source, backbone.licence].filter(Boolean).join(', ') || '–',
  backbone.file,
];

const list: Command = async (args, { env, print, progress }) => {
  parseArgs({ args, options: {} });
  const { found, rejected } = await findBackbones(backboneFolders(env));
  const heading = ['id', 'name', 'size', 'input', 'preprocessing', 'embedding', 'source', 'file'];
  if (found.length > 0) print(table(heading, found.map(row)));
  else print('There is no backbone here.');
  for (const { file, reason } of rejected)
    progress.say(`${basename(file)} is not a backbone: ${reason}`);
  const missing = architectures.filter(({ id }) => !found.some((each) => each.id === id));
  if (missing.length > 0) print(`Available with “pull”: ${missing.map(({ id }) => id).join(', ')}`);
};

const remove: Command = async (args, { env, print }) => {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const id = single(positionals, 'id');
  await removeBackbone(modelsFolder(env), id);
  print(`${id} is removed. Datasets that use it predict again when it is installed again.`);
};

/** Every command of `npm run models --`. */
export const commands: Readonly<Record<string, Command>> = {
  pull,
  add,
  list,
  remove,
  quantise,
  distil,
};

export const usage = `npm run models -- COMMAND

  pull ID [--from FILE]   get a published network (${published}):
                          downloads it, or takes Keras's .h5 or an .onnx of it from FILE
  add FILE [--id ID] [--name NAME] [--preprocessing ${Object.keys(preprocessings).join('|')}]
           [--licence TEXT] [--replace]
                          take your own: an .onnx file, or model.json of a TensorFlow.js layers model
  list                    what this machine has, and from where
  remove ID               delete one that was pulled or added
  quantise ID --images DIR
                          quantise to 8 bits as ID-int8, calibrated on images below a folder:
                          about twice as fast on a CPU
  distil --teacher FILE.onnx --images DIR --out DIR [--threads N] [--SETTING NUMBER]
                          make the built-in backbone again (about an hour on two cores);
                          see models/weights/README.md

Backbones are kept in $LABELLOOP_MODELS, by default ~/.cache/labelloop/models. See docs/models.md.`;
