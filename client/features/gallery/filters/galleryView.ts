import type { ImageFilter, ImageOrder, Split } from '../../../gql/operations';

/**
 * The filters and the order of the gallery. They are part of the address, so a view can be shared.
 */
export interface GalleryView {
  order: ImageOrder;
  labelled: 'yes' | 'no' | null;
  classId: string | null;
  predictedClassId: string | null;
  /** Minimum and maximum in whole percent. */
  confidence: [number, number];
  split: Split | null;
  heldOut: 'yes' | 'no' | null;
  name: string;
}

export const orders: { value: ImageOrder; label: string }[] = [
  { value: 'UPLOADED', label: 'Upload order' },
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

export const unfilteredView: GalleryView = {
  order: 'UPLOADED',
  labelled: null,
  classId: null,
  predictedClassId: null,
  confidence: [0, 100],
  split: null,
  heldOut: null,
  name: '',
};

const oneOf = <T extends string>(value: string | null, allowed: readonly T[]): T | null =>
  allowed.find((each) => each === value) ?? null;

function parseRange(text: string | null): [number, number] {
  const [low = 0, high = 100] = (text ?? '').split('-').filter(Boolean).map(Number);
  const clamp = (value: number) => Math.max(0, Math.min(100, Math.round(value) || 0));
  return clamp(low) <= clamp(high) ? [clamp(low), clamp(high)] : [0, 100];
}

/** Reads a view from the address. Invalid parts are ignored, because users edit addresses. */
export function viewOfParams(params: URLSearchParams): GalleryView {
  const order = orders.map((each) => each.value);
  return {
    order: oneOf(params.get('order'), order) ?? unfilteredView.order,
    labelled: oneOf(params.get('labelled'), ['yes', 'no'] as const),
    classId: params.get('class'),
    predictedClassId: params.get('predicted'),
    confidence: parseRange(params.get('confidence')),
    split: oneOf(
      params.get('split'),
      splits.map((each) => each.value),
    ),
    heldOut: oneOf(params.get('heldOut'), ['yes', 'no'] as const),
    name: params.get('name') ?? '',
  };
}

/** Returns the address parameters of a view. Default values are left out. */
export function paramsOfView(view: GalleryView): Record<string, string> {
  const [low, high] = view.confidence;
  const all = {
    order: view.order === unfilteredView.order ? null : view.order,
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

const toBoolean = (answer: 'yes' | 'no' | null) => (answer === null ? undefined : answer === 'yes');

/** Converts a view to the filter of the API. */
export function filterOfView(view: GalleryView): ImageFilter {
  const [low, high] = view.confidence;
  return {
    labelled: toBoolean(view.labelled),
    classId: view.classId ?? undefined,
    predictedClassId: view.predictedClassId ?? undefined,
    minConfidence: low > 0 ? low / 100 : undefined,
    maxConfidence: high < 100 ? high / 100 : undefined,
    split: view.split ?? undefined,
    heldOut: toBoolean(view.heldOut),
    nameContains: view.name.trim() || undefined,
  };
}

/** Counts the filters that are set. The order does not count. */
export const countFilters = (view: GalleryView) =>
  Object.keys(paramsOfView({ ...view, order: unfilteredView.order })).length;
