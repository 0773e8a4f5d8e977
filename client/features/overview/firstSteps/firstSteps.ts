export interface FirstSteps {
  uploaded: boolean;
  hasClasses: boolean;
  labelled: boolean;
  published: boolean;
}

interface DatasetState {
  counts: { images: number; labels: number };
  classes: readonly unknown[];
  currentRun: unknown;
}

export function firstStepsOf({ counts, classes, currentRun }: DatasetState): FirstSteps {
  return {
    uploaded: counts.images > 0,
    // A classifier needs at least two classes.
    hasClasses: classes.length >= 2,
    labelled: counts.labels > 0,
    published: currentRun !== null,
  };
}

export const isSetUp = (steps: FirstSteps) => Object.values(steps).every(Boolean);
