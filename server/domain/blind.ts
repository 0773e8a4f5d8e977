import type { Viewer } from './viewer';

/** What a person's open tasks hide from this person, by image id. */
export interface Hidden {
  /** Images of blind tasks. The model's answer is hidden. */
  predictions: ReadonlySet<string>;
  /** Images that the person is about to answer. Other people's answers are hidden. */
  answers: ReadonlySet<string>;
  /**
   * Images in `answers` that may already have labels. Their version is hidden, because it would
   * reveal second opinions and gold images.
   */
  again: ReadonlySet<string>;
  /** Datasets with a blind task. */
  datasets: ReadonlySet<string>;
}

export const nothingHidden: Hidden = {
  predictions: new Set(),
  answers: new Set(),
  again: new Set(),
  datasets: new Set(),
};

/**
 * Decides what is hidden from a person while this person holds tasks. Everything that shows a
 * prediction or an answer asks it. The tasks module implements it.
 */
export interface BlindGuard {
  of(viewer: Viewer | null): Promise<Hidden>;
  /** By person. Requests load it through their loaders, so that they ask once. */
  readonly byPerson: (personIds: readonly string[]) => Promise<Map<string, Hidden>>;
  /** Marks the image of an answer that was just recorded. Nothing is hidden about it any more. */
  disclose(image: object): void;
  isDisclosed(image: object): boolean;
}

/** What a list of images may depend on, for one person. */
export interface ListView {
  hidden: Hidden;
  /** Whether the person may know which images are gold. */
  seesGold: boolean;
}
