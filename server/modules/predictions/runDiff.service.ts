import { RetrainRunStatus } from '../../../shared/enums';
import type { BlindGuard } from '../../domain/blind';
import type { Viewer } from '../../domain/viewer';
import { InvalidInputError, InvalidStateError } from '../../domain/errors';
import type { Page, PageRequest } from '../../domain/page';
import type { RetrainRunService } from '../training/retrainRun.service';
import type { RetrainRun, RunClass, RunClassReports } from '../training/run.ports';
import type { DiffCounts, RunDiffRepository, RunPair } from './runDiff.repository';
import type {
  RunChangesArgs,
  RunChangeType,
  RunClassChange,
  RunLabels,
  RunTransition,
} from './runDiff.type';

/** The two runs to compare. */
export interface RunPairIds {
  fromRunId: string;
  toRunId: string;
}

/** Two runs and the differences of their predictions. */
export interface RunDiff extends RunPair, DiffCounts {}

/** Compares published runs of one dataset. */
export class RunDiffService {
  constructor(
    private readonly runs: RetrainRunService,
    private readonly diffs: RunDiffRepository,
    private readonly reports: RunClassReports,
    private readonly blinds: BlindGuard,
  ) {}

  /** @throws NotFoundError, InvalidInputError, InvalidStateError */
  async open(viewer: Viewer | null, ids: RunPairIds): Promise<RunDiff> {
    const from = await this.runs.open(viewer, ids.fromRunId);
    const to = await this.runs.open(viewer, ids.toRunId);
    if (from.datasetId !== to.datasetId)
      throw new InvalidInputError('toRunId', 'Compare two runs of one dataset.');
    return this.between({ from, to, hidden: await this.blinds.of(viewer) });
  }

  /**
   * Returns the changes of a run; null for the first published one. The caller has opened the run.
   */
  async sincePrevious(viewer: Viewer | null, to: RetrainRun): Promise<RunDiff | null> {
    const from = (await this.previousOf([to.id])).get(to.id);
    return from ? this.between({ from, to, hidden: await this.blinds.of(viewer) }) : null;
  }

  readonly previousOf = async (runIds: readonly string[]): Promise<Map<string, RetrainRun>> => {
    const ids = await this.diffs.previous(runIds);
    const runs = await this.runs.byId([...new Set(ids.values())]);
    return new Map(
      [...ids].flatMap(([id, previous]) => {
        const run = runs.get(previous);
        return run ? [[id, run]] : [];
      }),
    );
  };

  changes(pair: RunPair, args: RunChangesArgs, request: PageRequest): Promise<Page<RunChangeType>> {
    const { kind, fromClassId = null, toClassId = null } = args;
    const criteria = { kind, fromClassId, toClassId };
    return this.diffs.page(pair, criteria, request);
  }

  transitions(pair: RunPair, first: number): Promise<RunTransition[]> {
    return this.diffs.transitions(pair, Math.max(0, Math.min(500, first)));
  }

  labels(pair: RunPair): Promise<RunLabels[]> {
    return this.diffs.labels(pair);
  }

  /** Lists every class in the evaluation of either run, most labels first. */
  async classes({ from, to }: RunPair): Promise<RunClassChange[]> {
    const classes = await this.reports.classesOf([from.id, to.id]);
    const byClass = ({ id }: RetrainRun) =>
      new Map((classes.get(id) ?? []).map((one): [string, RunClass] => [one.classId, one]));
    const [before, after] = [byClass(from), byClass(to)];
    return [...new Set([...after.keys(), ...before.keys()])].map((classId) => ({
      classId,
      labels: after.get(classId)?.labels ?? 0,
      fromPrecision: before.get(classId)?.precision ?? null,
      toPrecision: after.get(classId)?.precision ?? null,
      fromRecall: before.get(classId)?.recall ?? null,
      toRecall: after.get(classId)?.recall ?? null,
    }));
  }

  private async between(pair: RunPair): Promise<RunDiff> {
    for (const { number, status } of [pair.from, pair.to])
      if (status !== RetrainRunStatus.PUBLISHED)
        throw new InvalidStateError(
          `Round ${number} was not published, so there is nothing to compare. Choose a published run.`,
        );
    return { ...pair, ...(await this.diffs.counts(pair)) };
  }
}
