import { isPreprocessing, type PreprocessingName } from './preprocessing';

/** What a backbone's file says of itself. */
export interface BackboneDescription {
  /** What people read. */
  name?: string | undefined;
  preprocessing?: PreprocessingName | undefined;
  /** Where the weights come from: an address, or the name of a file. */
  source?: string | undefined;
  licence?: string | undefined;
  /** Which of our architectures it is, where it is one. */
  architecture?: string | undefined;
}

/** What our own keys begin with. */
export const prefix = 'labelloop.';
const keys = ['name', 'preprocessing', 'source', 'licence', 'architecture'] as const;

/** The description as ONNX metadata: `labelloop.name` and so on. */
export function describeInMetadata(description: BackboneDescription): Record<string, string> {
  const entries: [string, string][] = [];
  for (const key of keys) {
    const value = description[key];
    if (value !== undefined) entries.push([prefix + key, value]);
  }
  return Object.fromEntries(entries);
}

/** No description needs more; a hostile file may say anything, and it is shown to people. */
const longest = 300;
// eslint-disable-next-line no-control-regex -- control characters are what is taken out
const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** What a file's metadata says, as far as it can be used; an unknown preprocessing says nothing. */
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
