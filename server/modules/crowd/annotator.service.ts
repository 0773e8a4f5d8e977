import type { DataSource } from 'typeorm';
import {
  groupAgreement,
  pairAgreements,
  peerAgreements,
  shareDifference,
  shareInterval,
} from '../../../models/metrics';
import type { BlindGuard } from '../../domain/blind';
import type { Viewer } from '../../domain/viewer';
import { isReviewer, type Dataset } from '../datasets/dataset.ports';
import { Numbering, readAnswers, toAnswers } from './answerRows';
import { readPeople } from './personRows';
import type { AgreementType, AnnotatorType, PredictionBiasType, ShareType } from './annotator.type';

/** Returns k of n with its exact 95 % interval, or null if n is 0. */
function shareOf(right: number, count: number): ShareType | null {
  if (count === 0) return null;
  return { right, count, value: right / count, ...shareInterval(right, count) };
}

/** Maximum number of pairs of people that are compared. */
const maxPairs = 1_000;

/** Measures how well people agree with each other, with gold images, and with the model. */
export class AnnotatorService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly blinds: BlindGuard,
  ) {}

  /** Null if no image has answers of two people. */
  async agreement(viewer: Viewer | null, dataset: Dataset): Promise<AgreementType | null> {
    const { answers, people } = await this.shared(dataset.id, await this.hiddenFrom(viewer));
    const all = await groupAgreement(answers);
    if (!all) return null;
    const pairs = pairAgreements(answers, maxPairs).map(({ a, b, images, agreed, kappa }) => ({
      userId: people[a]!,
      otherUserId: people[b]!,
      images,
      agreed,
      kappa: kappa ?? null,
    }));
    return { images: all.images, agreed: all.agreed, alpha: all.alpha ?? null, pairs };
  }

  /**
   * Lists everybody with a label in force, most labels first. Only reviewers learn the figures on
   * gold images: a figure that changes with an answer would tell that the image was gold.
   */
  async annotators(viewer: Viewer | null, dataset: Dataset): Promise<AnnotatorType[]> {
    const hidden = await this.hiddenFrom(viewer);
    const rows = await readPeople(this.dataSource, dataset.id, hidden);
    const { answers, people } = await this.shared(dataset.id, hidden);
    const peers = peerAgreements(answers);
    const seesGold = isReviewer(viewer, dataset);
    return rows.map((row) => {
      const peer = peers[people.indexOf(row.user_id)];
      return {
        userId: row.user_id,
        labels: row.labels,
        quality: shareOf(peer?.agreed ?? 0, peer?.images ?? 0),
        gold: seesGold ? shareOf(row.gold_right, row.gold_count) : null,
        blind: shareOf(row.blind_right, row.blind_count),
        shown: shareOf(row.shown_right, row.shown_count),
      };
    });
  }

  /** Null while no task was answered with a hidden prediction, or none with a shown one. */
  async predictionBias(
    viewer: Viewer | null,
    dataset: Dataset,
  ): Promise<PredictionBiasType | null> {
    const rows = await readPeople(this.dataSource, dataset.id, await this.hiddenFrom(viewer));
    const sum = (field: 'blind_right' | 'blind_count' | 'shown_right' | 'shown_count') =>
      rows.reduce((total, row) => total + row[field], 0);
    const shown = shareOf(sum('shown_right'), sum('shown_count'));
    const blind = shareOf(sum('blind_right'), sum('blind_count'));
    if (!shown || !blind) return null;
    return { shown, blind, difference: shareDifference(shown, blind)! };
  }

  private async hiddenFrom(viewer: Viewer | null): Promise<string[]> {
    return [...(await this.blinds.of(viewer)).answers];
  }

  private async shared(datasetId: string, without: readonly string[]) {
    const rows = await readAnswers(this.dataSource, datasetId, { sharedOnly: true, without });
    const [images, classes] = [new Numbering(), new Numbering()];
    for (const row of rows) {
      images.of(row.image_id);
      classes.of(row.class_id);
    }
    return toAnswers(
      rows,
      ({ image_id: id }) => images.of(id),
      (id) => classes.of(id),
      { rows: images.ids.length, classes: classes.ids.length },
    );
  }
}
