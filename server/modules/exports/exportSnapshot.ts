import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { toGlobalId } from '../../graphql/globalId';
import { toCursor } from '../events/event.ports';
import type { CertificateDocument, CertificateDocuments } from '../certificates/certificate.ports';
import type { RunMetricsRecord } from '../training/run.ports';
import type { Export } from './export.entity';
import { classFolders, safeFileName, UniqueNames } from './exportPaths';
import { exportPageSql, type ExportRow } from './exportRows';

export const csvName = 'labels.csv';
export const manifestName = 'manifest.json';
export const certificateName = 'certificate.json';
const pageSize = 2_000;

/** One image of the zip, as in labels.csv and the manifest. */
export interface ExportEntry {
  path: string;
  fileName: string;
  imageId: string;
  ordinal: number;
  uploadSha256: string;
  class: string;
  how: 'by hand' | 'confirmed' | 'imported' | 'predicted';
  who: string | null;
  when: string | null;
  confidence: number | null;
  split: string | null;
  heldOut: boolean;
}

export interface SnapshotFacts {
  takenAt: Date;
  eventCursor: string;
  dataset: { id: string; name: string };
  run: {
    id: string;
    number: number;
    publishedAt: Date | null;
    metrics: RunMetricsRecord | null;
  } | null;
  classes: { id: string; name: string; folder: string; color: string; images: number }[];
  counts: Record<ExportEntry['how'], number>;
  /** The certificate of the predicted images. Null in an export without one. */
  certificate: CertificateDocument | null;
}

/** The content of the zip, all from one moment. */
export interface ExportSnapshot {
  facts: SnapshotFacts;
  /**
   * Entries in the order of ordinals, with the image's database id. They can be read repeatedly.
   */
  entries(): AsyncIterable<{ entry: ExportEntry; id: string }>;
  dispose(): Promise<void>;
}

/**
 * Reads the content of the zip in one REPEATABLE READ transaction, page by page, into a file in the
 * temporary folder. The transaction ends before the first byte is sent. A slow client may take
 * hours. An open transaction would delay events (readers wait below the oldest one) and vacuum for
 * that time, and a million rows in memory would take a gigabyte. The file has about 300 bytes per
 * image. Only the data that makes names unique stays in memory.
 */
export async function takeSnapshot(
  { dataSource, certificates }: { dataSource: DataSource; certificates: CertificateDocuments },
  wanted: Export,
): Promise<ExportSnapshot> {
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-export-'));
  const spool = join(folder, 'entries.ndjson');
  const dispose = () => rm(folder, { recursive: true, force: true });
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    await runner.query('SET TRANSACTION READ ONLY');
    const facts = await readFacts(runner, certificates, wanted);
    await pipeline(Readable.from(lines(runner, wanted, facts)), createWriteStream(spool));
    await runner.commitTransaction();
    return { facts, entries: () => readSpool(spool), dispose };
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => {});
    await dispose();
    throw error;
  } finally {
    await runner.release();
  }
}

async function* readSpool(spool: string): AsyncGenerator<{ entry: ExportEntry; id: string }> {
  const input = createReadStream(spool);
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity }))
      yield JSON.parse(line) as { entry: ExportEntry; id: string };
  } finally {
    input.destroy();
  }
}

interface FactsRow {
  taken_at: Date;
  tx: string;
  id: string;
  name: string;
  run_id: string | null;
  number: number;
  published_at: Date | null;
  metrics: RunMetricsRecord | null;
}

async function readFacts(
  runner: QueryRunner,
  certificates: CertificateDocuments,
  { datasetId, certificateId }: Export,
): Promise<SnapshotFacts> {
  const [row] = (await runner.query(
    `SELECT now() AS taken_at, pg_snapshot_xmin(pg_current_snapshot())::text AS tx, d.id, d.name,
       r.id AS run_id, r.number, r.published_at, r.metrics
     FROM dataset d LEFT JOIN certificate c ON c.id = $2
     LEFT JOIN retrain_run r ON r.id = coalesce(c.run_id, d.current_run_id) WHERE d.id = $1`,
    [datasetId, certificateId],
  )) as FactsRow[];
  if (!row) throw new Error(`dataset ${datasetId} is gone`);
  const classes = (await runner.query(
    'SELECT id, name, color FROM class WHERE dataset_id = $1 ORDER BY position, id',
    [datasetId],
  )) as { id: string; name: string; color: string }[];
  const certificate = certificateId
    ? await certificates.documentOf(runner.manager, certificateId, row.number)
    : null;
  const folders = classFolders(classes, [csvName, manifestName, certificateName]);
  return {
    takenAt: row.taken_at,
    eventCursor: toCursor({ tx: BigInt(row.tx), id: 0n }),
    dataset: { id: row.id, name: row.name },
    run: row.run_id
      ? { id: row.run_id, number: row.number, publishedAt: row.published_at, metrics: row.metrics }
      : null,
    classes: classes.map((one) => ({ ...one, folder: folders.get(one.id) ?? '_', images: 0 })),
    counts: { 'by hand': 0, confirmed: 0, imported: 0, predicted: 0 },
    certificate,
  };
}

/** Yields the lines and adds to the counts in the facts. */
async function* lines(runner: QueryRunner, wanted: Export, facts: SnapshotFacts) {
  const classes = new Map(
    facts.classes.map((one) => [one.id, { one, names: new UniqueNames() }] as const),
  );
  const { certificateId } = wanted;
  const sql = exportPageSql(certificateId ? 'certificate' : 'run');
  for (let after = -1; ;) {
    const rows = (await runner.query(sql, [
      wanted.datasetId,
      certificateId ?? facts.run?.id ?? null,
      wanted.minConfidence,
      after,
      pageSize,
    ])) as ExportRow[];
    let page = '';
    for (const row of rows) {
      const found = classes.get(row.class_id);
      if (!found) throw new Error(`image ${row.id} has a class of another dataset`);
      const path = `${found.one.folder}/${found.names.take(safeFileName(row.file_name, row.media_type))}`;
      const entry = toEntry(row, path, found.one.name, facts);
      found.one.images++;
      facts.counts[entry.how]++;
      page += `${JSON.stringify({ entry, id: row.id })}\n`;
    }
    yield page;
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.ordinal ?? after;
  }
}

const howOf = { HAND: 'by hand', CONFIRMED: 'confirmed', IMPORTED: 'imported' } as const;

function toEntry(
  row: ExportRow,
  path: string,
  className: string,
  facts: SnapshotFacts,
): ExportEntry {
  const when = row.origin ? row.decided_at : facts.run?.publishedAt;
  return {
    path,
    fileName: row.file_name,
    // The zip names images by the ids of the API, so that a script can look them up there.
    imageId: toGlobalId('Image', row.id),
    ordinal: row.ordinal,
    uploadSha256: row.sha256.toString('hex'),
    class: className,
    how: row.origin ? howOf[row.origin] : 'predicted',
    who: row.who,
    when: when?.toISOString() ?? null,
    confidence: row.confidence,
    split: row.split,
    heldOut: row.held_out,
  };
}
