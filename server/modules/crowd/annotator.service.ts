import type { DataSource } from 'typeorm';
import {
  groupAgreement,
  pairAgreements,
  peerAgreements,
  shareDifference,
  shareInterval,
} from '../../../models/metrics';
import type { Dataset } from '../datasets/dataset.ports';
import { Numbering, readAnswers, toAnswers } from './answerRows';
import { readPeople } from './personRows';
import type { AgreementType, AnnotatorType, PredictionBiasType, ShareType } from './annotator.type';

/** Returns k of n with its exact 95 % interval, or null if n is 0. */
function shareOf(right: number, count: number): ShareType | null {
  if (count === 0) return null;
  return { right, count, value: right / count, ...shareInterval(right, count) };
}

/** Measures how well people agree with each other, with gold images, and with the model. */
export class AnnotatorService {
  constructor(private readonly dataSource: DataSource) {}

  /** Null if no image has answers of two people. */
  async agreement(dataset: Dataset): Promise<AgreementType | null> {
    const { answers, people } = await this.shared(dataset.id);
    const all = groupAgreement(answers);
    if (!all) return null;
    const pairs = pairAgreements(answers).map(({ a, b, images, agreed, kappa }) => ({
      userId: people[a]!,
      otherUserId: people[b]!,
      images,
      agreed,
      kappa: kappa ?? null,
    }));
    return { images: all.images, agreed: all.agreed, alpha: all.alpha ?? null, pairs };
  }

  /** Lists everybody with a label in force, most labels first. */
  async annotators(dataset: Dataset): Promise<AnnotatorType[]> {
    const rows = await readPeople(this.dataSource, dataset.id);
    const { answers, people } = await this.shared(dataset.id);
    const peers = peerAgreements(answers);
    return rows.map((row) => {
      const peer = peers[people.indexOf(row.user_id)];
      return {
        userId: row.user_id,
        labels: row.labels,
        quality: shareOf(peer?.agreed ?? 0, peer?.images ?? 0),
        gold: shareOf(row.gold_right, row.gold_count),
        blind: shareOf(row.blind_right, row.blind_count),
        shown: shareOf(row.shown_right, row.shown_count),
      };
    });
  }

  /** Null while no task was answered with a hidden prediction, or none with a shown one. */
  async predictionBias(dataset: Dataset): Promise<PredictionBiasType | null> {
    const rows = await readPeople(this.dataSource, dataset.id);
    const sum = (field: 'blind_right' | 'blind_count' | 'shown_right' | 'shown_count') =>
      rows.reduce((total, row) => total + row[field], 0);
    const shown = shareOf(sum('shown_right'), sum('shown_count'));
    const blind = shareOf(sum('blind_right'), sum('blind_count'));
    if (!shown || !blind) return null;
    return { shown, blind, difference: shareDifference(shown, blind)! };
  }

  private async shared(datasetId: string) {
    const rows = await readAnswers(this.dataSource, datasetId, true);
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
