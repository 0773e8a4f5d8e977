import type { ImageFilter, ImageOrder, Split } from '../../../gql/operations';

/**
 * What of the images is looked at, and in which order. It lives in the address, so that it can be
 * shared.
 */
export interface GalleryView {
  order: ImageOrder;
  labelled: 'yes' | 'no' | null;
  classId: string | null;
  predictedClassId: string | null;
  /** Whole percent. */
  confidence: [number, number];
  split: Split | null;
  heldOut: 'yes' | 'no' | null;
  name: string;
}

export const orders: { value: ImageOrder; label: string }[] = [
  { value: 'UPLOADED', label: 'As uploaded' },
  { value: 'NAME', label: 'By name' },
  { value: 'LEAST_CONFIDENT', label: 'Least confident first' },
  { value: 'MOST_CONFIDENT', label: 'Most confident first' },
  { value: 'RECENTLY_LABELLED', label: 'Recently labelled first' },
];
export const splits: { value: Split; label: string }[] = [
  { value: 'TRAIN', label: 'Train' },
  { value: 'VALIDATION', label: 'Validation' },
  { value: 'TEST', label: 'Test' },
];

export const wholeView: GalleryView = {
  order: 'UPLOADED',
  labelled: null,
  classId: null,
  predictedClassId: null,
  confidence: [0, 100],
  split: null,
  heldOut: null,
  name: '',
};

const oneOf = <T extends string>(value: string | null, known: readonly T[]): T | null =>
  known.find((each) => each === value) ?? null;

function rangeOf(text: string | null): [number, number] {
  const [low = 0, high = 100] = (text ?? '').split('-').filter(Boolean).map(Number);
  const within = (value: number) => Math.max(0, Math.min(100, Math.round(value) || 0));
  return within(low) <= within(high) ? [within(low), within(high)] : [0, 100];
}

/** Reads an address that anyone may have edited: what makes no sense is left out. */
export function viewOfParams(params: URLSearchParams): GalleryView {
  const order = orders.map((each) => each.value);
  return {
    order: oneOf(params.get('order'), order) ?? wholeView.order,
    labelled: oneOf(params.get('labelled'), ['yes', 'no'] as const),
    classId: params.get('class'),
    predictedClassId: params.get('predicted'),
    confidence: rangeOf(params.get('confidence')),
    split: oneOf(
      params.get('split'),
      splits.map((each) => each.value),
    ),
    heldOut: oneOf(params.get('heldOut'), ['yes', 'no'] as const),
    name: params.get('name') ?? '',
  };
}

/** Only what differs from the whole. */
export function paramsOfView(view: GalleryView): Record<string, string> {
  const [low, high] = view.confidence;
  const all = {
    order: view.order === wholeView.order ? null : view.order,
    labelled: view.labelled,
    class: view.classId,
    predicted: view.predictedClassId,
    confidence: low === 0 && high === 100 ? null : `${low}-${high}`,
    split: view.split,
    heldOut: view.heldOut,
    name: view.name.trim() || null,
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

const truth = (answer: 'yes' | 'no' | null) => (answer === null ? undefined : answer === 'yes');

export function filterOfView(view: GalleryView): ImageFilter {
  const [low, high] = view.confidence;
  return {
    labelled: truth(view.labelled),
    classId: view.classId ?? undefined,
    predictedClassId: view.predictedClassId ?? undefined,
    minConfidence: low > 0 ? low / 100 : undefined,
    maxConfidence: high < 100 ? high / 100 : undefined,
    split: view.split ?? undefined,
    heldOut: truth(view.heldOut),
    nameContains: view.name.trim() || undefined,
  };
}

/** How many filters are set, the order aside. */
export const filtersSet = (view: GalleryView) =>
  Object.keys(paramsOfView({ ...view, order: wholeView.order })).length;
