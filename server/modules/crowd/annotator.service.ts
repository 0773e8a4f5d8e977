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
import type { AgreementType, AnnotatorType, PredictionBiasType, ShareType } from './annotator.type';

interface PersonRow {
  user_id: string;
  labels: number;
  gold_right: number;
  gold_count: number;
  blind_right: number;
  blind_count: number;
  shown_right: number;
  shown_count: number;
}

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
    const rows = await this.people(dataset.id);
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
    const rows = await this.people(dataset.id);
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

  private people(datasetId: string): Promise<PersonRow[]> {
    return this.dataSource.query(
      `SELECT label.user_id, count(*)::int AS labels,
         count(*) FILTER (WHERE gold.class_id = label.class_id)::int AS gold_right,
         count(gold.image_id)::int AS gold_count,
         ${agreedWhere('label.blind')} AS blind_right, ${askedWhere('label.blind')} AS blind_count,
         ${agreedWhere('NOT label.blind')} AS shown_right, ${askedWhere('NOT label.blind')} AS shown_count
       FROM label
       -- whoever marked an image as gold is not measured on it
       LEFT JOIN gold ON gold.image_id = label.image_id AND gold.user_id <> label.user_id
       LEFT JOIN label_event ON label_event.label_id = label.id AND label_event.kind = 'recorded'
       WHERE label.dataset_id = $1 AND label.in_force AND label.origin <> 'IMPORTED'
       GROUP BY label.user_id ORDER BY labels DESC, label.user_id`,
      [datasetId],
    );
  }
}

/**
 * Only tasks of the hard lane are comparable, because chance decides there whether a prediction is
 * shown.
 */
const isComparable = `label.lane = 'HARD' AND label_event.predicted_class_id IS NOT NULL`;
const askedWhere = (condition: string) =>
  `count(*) FILTER (WHERE ${isComparable} AND ${condition})::int`;
const agreedWhere = (condition: string) =>
  `count(*) FILTER (WHERE ${isComparable} AND ${condition} AND label_event.predicted_class_id = label.class_id)::int`;
