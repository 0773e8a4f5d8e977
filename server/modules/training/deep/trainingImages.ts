import { withReplay, type LabelledImage } from '../../../../models/training/deep';
import { Split } from '../../../../shared/enums';
import type { ImageStore } from '../../../storage/imageStore';
import { imageKey } from '../../../storage/imageKeys';
import type { RetrainRun } from '../retrainRun.entity';
import { rowsOfSplit, type LabelledSet } from '../run/labelSnapshot';
import { RunFailure } from '../run/runErrors';
import type { DeepRunRepository } from './deepRun.repository';

/** How a run mixes new images with those that the previous network was trained on. */
export interface Replay {
  /** Images labelled later are new. */
  since: Date;
  /** Old images per new one. */
  ratio: number;
  seed: number;
}

export interface SplitImages {
  train: LabelledImage[];
  validation: LabelledImage[];
  test: LabelledImage[];
}

/** Finds the image files that a network is trained and measured on. */
export class TrainingImages {
  constructor(private readonly parts: { deepRuns: DeepRunRepository; store: ImageStore }) {}

  /** @throws RunFailure when a replay has no new image */
  async read(
    { datasetId }: RetrainRun,
    labelled: LabelledSet,
    replay: Replay | undefined,
  ): Promise<SplitImages> {
    const paths = await this.readPaths(datasetId);
    const train = rowsOfSplit(labelled, Split.TRAIN);
    return {
      train: replay ? await this.replay(datasetId, train, paths, replay) : imagesOf(train, paths),
      validation: imagesOf(rowsOfSplit(labelled, Split.VALIDATION), paths),
      test: imagesOf(rowsOfSplit(labelled, Split.TEST), paths),
    };
  }

  private async readPaths(datasetId: string): Promise<Map<number, string>> {
    const paths = new Map<number, string>();
    for (const { id, ordinal } of await this.parts.deepRuns.findLabelledImages(datasetId))
      paths.set(ordinal, (await this.parts.store.localFile(imageKey(datasetId, id))).path);
    return paths;
  }

  private async replay(
    datasetId: string,
    train: LabelledSet,
    paths: ReadonlyMap<number, string>,
    { since, ratio, seed }: Replay,
  ): Promise<LabelledImage[]> {
    const later = await this.parts.deepRuns.findOrdinalsLabelledSince(datasetId, since);
    const part = (isNew: boolean) =>
      imagesOf(train, new Map([...paths].filter(([ordinal]) => later.has(ordinal) === isNew)));
    const newImages = part(true);
    if (newImages.length === 0)
      throw new RunFailure(
        'No training image was labelled since the last network was trained. ' +
          'Label some, or train on all images.',
      );
    return withReplay(newImages, part(false), { ratio, seed });
  }
}

const imagesOf = (
  { ordinals, labels }: LabelledSet,
  paths: ReadonlyMap<number, string>,
): LabelledImage[] =>
  Array.from(ordinals, (ordinal, row) => ({
    image: paths.get(ordinal) ?? '',
    label: labels[row]!,
  })).filter(({ image }) => image !== '');
