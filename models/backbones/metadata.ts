import { isPreprocessing, type PreprocessingName } from './preprocessing';

/** The description in a backbone's file. */
export interface BackboneDescription {
  /** Name for people. */
  name?: string | undefined;
  preprocessing?: PreprocessingName | undefined;
  /** Origin of the weights: an address, or the name of a file. */
  source?: string | undefined;
  licence?: string | undefined;
  /** Id of our architecture, if it is one of them. */
  architecture?: string | undefined;
}

/** Prefix of our own keys. */
export const prefix = 'labelloop.';
const keys = ['name', 'preprocessing', 'source', 'licence', 'architecture'] as const;

/** Writes the description as ONNX metadata: `labelloop.name` and so on. */
export function describeInMetadata(description: BackboneDescription): Record<string, string> {
  const entries: [string, string][] = [];
  for (const key of keys) {
    const value = description[key];
    if (value !== undefined) entries.push([prefix + key, value]);
  }
  return Object.fromEntries(entries);
}

/** Maximum length of a description. A hostile file can contain any text, and people see it. */
const longest = 300;
// eslint-disable-next-line no-control-regex -- control characters are what is taken out
const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Reads the usable part of a file's metadata. An unknown preprocessing is ignored. */
export function readDescription(
  metadata: Readonly<Record<string, string>> = {},
): BackboneDescription {
  const text = (key: (typeof keys)[number]) => {
    const value = Object.hasOwn(metadata, prefix + key) ? metadata[prefix + key]! : '';
    return value.slice(0, longest).replace(control, ' ').trim() || undefined;
  };
  const preprocessing = text('preprocessing');
  return {
    name: text('name'),
    source: text('source'),
    licence: text('licence'),
    architecture: text('architecture'),
    preprocessing: preprocessing && isPreprocessing(preprocessing) ? preprocessing : undefined,
  };
}
