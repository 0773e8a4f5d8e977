import { toGlobalId } from '../../graphql/globalId';
import type { Digests } from './digests';
import type { Export } from './export.entity';
import { csvName, type ExportSnapshot } from './exportSnapshot';

/** Increases when a field of the manifest changes its meaning or is removed. */
const formatVersion = 1;

/** Yields manifest.json in parts, because its list of files is as long as the dataset. */
export async function* manifestParts(
  wanted: Export,
  snapshot: ExportSnapshot,
  digests: Digests,
): AsyncGenerator<string> {
  const head = JSON.stringify(headOf(wanted, snapshot, digests), null, 2);
  yield `${head.slice(0, -2)},\n  "files": [`;
  let index = 0;
  let separator = '\n    ';
  for await (const { entry } of snapshot.entries()) {
    const sha256 = digests.hex(index++);
    const { path, uploadSha256, ...rest } = entry;
    // A file that the store has lost is listed without a hash rather than left out.
    const file = { path: sha256 && path, sha256, uploadSha256, ...rest };
    yield separator + JSON.stringify(file);
    separator = ',\n    ';
  }
  yield '\n  ]\n}\n';
}

/** The ids are those of the API, so that a script can look things up there. */
function headOf(wanted: Export, { facts }: ExportSnapshot, digests: Digests) {
  const { run } = facts;
  const images = Object.values(facts.counts).reduce((sum, count) => sum + count, 0);
  return {
    formatVersion,
    dataset: { ...facts.dataset, id: toGlobalId('Dataset', facts.dataset.id) },
    export: {
      id: toGlobalId('Export', wanted.id),
      include: wanted.include,
      minConfidence: wanted.minConfidence,
      createdAt: wanted.createdAt,
    },
    /** The state of the dataset in this zip. It contains every event before the cursor. */
    takenAt: facts.takenAt,
    eventCursor: facts.eventCursor,
    run: run && {
      id: toGlobalId('RetrainRun', run.id),
      number: run.number,
      publishedAt: run.publishedAt,
      metrics: run.metrics,
    },
    classes: facts.classes.map((one) => ({ ...one, id: toGlobalId('Class', one.id) })),
    counts: {
      images,
      byHand: facts.counts['by hand'],
      confirmed: facts.counts.confirmed,
      imported: facts.counts.imported,
      predicted: facts.counts.predicted,
      missingFiles: digests.missingCount,
    },
    certificate: facts.certificate,
    table: csvName,
  };
}
