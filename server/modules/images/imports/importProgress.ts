import type { IncomingFile, IngestResult } from '../imageIngest';
import { endedDecoder } from '../decoding/imageDecoder';
import type { Import } from './import.entity';
import type { RefusalRecord } from '../uploads/uploadTicket.entity';

const refusalsKept = 1_000;
/** The list is read with every state of the import, so long names are cut. */
const refusedNameLength = 200;

/** What became of the files of one step. */
export interface StepOutcome {
  filesDone: number;
  incoming: readonly IncomingFile[];
  /** Of the incoming files. */
  results: readonly IngestResult[];
  /** Files that could not even be taken out of the archive. */
  refused: readonly RefusalRecord[];
}

const refusalsOf = ({ refused, results }: StepOutcome): RefusalRecord[] =>
  [...refused, ...results.flatMap((result) => result.refusal ?? [])].map((one) => ({
    ...one,
    fileName: shortened(one.fileName),
  }));

const shortened = (name: string): string => {
  const characters = Array.from(name.slice(0, 2 * refusedNameLength));
  const isLong = name.length > refusedNameLength;
  return isLong ? `${characters.slice(0, refusedNameLength - 1).join('')}…` : name;
};

/** How many files of the steps ended their decoder. */
export const endedDecoders = (outcomes: readonly StepOutcome[]): number =>
  outcomes.flatMap(refusalsOf).filter(({ reason }) => endedDecoder(reason)).length;

/** The import's figures after a step. */
export function progressOf(work: Import, outcome: StepOutcome): Partial<Import> {
  const { incoming, results } = outcome;
  const refusals = refusalsOf(outcome);
  const added = results.filter((result) => result.image && !result.duplicate).length;
  const duplicates = results.filter((result) => result.duplicate).length;
  const labelled = results.filter(
    (result, index) => result.image && !result.duplicate && incoming[index]?.className,
  );
  return {
    filesDone: work.filesDone + outcome.filesDone,
    imagesAdded: work.imagesAdded + added,
    duplicates: work.duplicates + duplicates,
    labelsAdded: work.labelsAdded + labelled.length,
    refusals: [...work.refusals, ...refusals].slice(0, refusalsKept),
    refusalCount: work.refusalCount + refusals.length,
  };
}
