import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import { groupedBy } from '../../domain/groupedBy';
import type { Image } from '../images/image.ports';
import {
  deriveConsensus,
  type ConsensusEvent,
  type ConsensusState,
  type RecordedLabel,
} from './deriveConsensus';
import type { SettledByOthers, SettlingEvent } from './label.ports';

/** What an image row says about its consensus. */
type StoredConsensus = Pick<
  Image,
  'id' | 'datasetId' | 'consensusClassId' | 'decidedBy' | 'isGold'
>;

interface HistoryRow extends RecordedLabel {
  imageId: string;
  kind: ConsensusEvent['kind'];
  decidedBy: string | null;
  isGold: boolean;
}

const historySql = `
  SELECT event.id AS place, event.image_id AS "imageId", event.kind, label.id, label.class_id AS "classId",
    label.user_id AS "userId", label.origin, label.extra, label.corrects, label.replaces,
    label.lease_token AS "leaseToken", label.created_at AS "createdAt", NULL::uuid AS "decidedBy", false AS "isGold"
  FROM label_event event JOIN label ON label.id = event.label_id WHERE event.image_id = ANY($1::uuid[])
  UNION ALL
  SELECT id, image_id, kind, NULL, class_id, NULL, NULL, NULL, NULL, NULL, NULL, occurred_at, decided_by, is_gold
  FROM consensus_event WHERE image_id = ANY($1::uuid[])
  ORDER BY place`;

/** The history of every consensus: labels, known classes, and decisions of runs. */
export class ConsensusHistory implements SettledByOthers {
  constructor(private readonly logger: Logger) {}

  /** Reads the histories of images, oldest event first. */
  async read(
    database: DataSource | EntityManager,
    imageIds: readonly string[],
  ): Promise<Map<string, ConsensusEvent[]>> {
    const rows: HistoryRow[] = await database.query(historySql, [imageIds]);
    const grouped = groupedBy(imageIds, rows, ({ imageId }) => imageId);
    return new Map([...grouped].map(([id, events]) => [id, events.map(eventOf)]));
  }

  /**
   * Derives the state of an image that the caller has locked. If the row says something else, an
   * older version of the server wrote it. The row is right then, and the history adopts it.
   */
  async stateOf(manager: EntityManager, image: StoredConsensus): Promise<ConsensusState> {
    const history = (await this.read(manager, [image.id])).get(image.id) ?? [];
    const state = deriveConsensus(history);
    if (agrees(state, image)) return state;
    const stored = consensusIn(image);
    const { classId, decidedBy, isGold } = state;
    const derived = { classId, decidedBy, isGold };
    this.logger.warn({ imageId: image.id, stored, derived }, 'adopted a consensus without history');
    const adopted = { kind: 'adopted', ...stored } as const;
    await this.add(manager, [{ image, event: adopted }]);
    return deriveConsensus([...history, adopted]);
  }

  async add(manager: EntityManager, events: readonly SettlingEvent[]): Promise<void> {
    const columns = events.map(({ image, event }) => ({
      image_id: image.id,
      dataset_id: image.datasetId,
      kind: event.kind,
      class_id: event.kind === 'goldRemoved' ? null : event.classId,
      decided_by: event.kind === 'adopted' ? event.decidedBy : null,
      is_gold: event.kind === 'adopted' && event.isGold,
    }));
    await manager.query(
      `INSERT INTO consensus_event (dataset_id, image_id, kind, class_id, decided_by, is_gold)
       SELECT dataset_id, image_id, kind, class_id, decided_by, is_gold
       FROM jsonb_to_recordset($1::jsonb) AS given (dataset_id uuid, image_id uuid, kind text,
         class_id uuid, decided_by uuid, is_gold boolean)`,
      [JSON.stringify(columns)],
    );
  }
}

/** Whether an image row says what its history says. */
const agrees = (state: ConsensusState, image: StoredConsensus): boolean =>
  state.classId === image.consensusClassId &&
  state.decidedBy === image.decidedBy &&
  state.isGold === image.isGold;

const consensusIn = ({ consensusClassId, decidedBy, isGold }: StoredConsensus) => ({
  classId: consensusClassId,
  decidedBy,
  isGold,
});

function eventOf({ kind, decidedBy, isGold, ...label }: HistoryRow): ConsensusEvent {
  switch (kind) {
    case 'recorded':
      return { kind, label };
    case 'undone':
      return { kind, labelId: label.id };
    case 'goldRemoved':
      return { kind };
    case 'gold':
    case 'weighed':
      return { kind, classId: label.classId };
    case 'adopted':
      return { kind, classId: label.classId, decidedBy, isGold };
  }
}
