import { In, type DataSource } from 'typeorm';
import { requireViewer } from '../auth/auth.service';
import { newestOfDatasets } from '../../database/newestOfDatasets';
import { TurnQueue } from '../../limits/turnQueue';
import { v7 as uuid } from 'uuid';
import { ExportInclude } from '../../../shared/enums';
import { groupedBy } from '../../domain/groupedBy';
import type { BlindGuard } from '../../domain/blind';
import type { Viewer } from '../../domain/viewer';
import { InvalidInputError, InvalidStateError, NotFoundError } from '../../domain/errors';
import { confidenceOf } from '../../domain/shares';
import type { DiskRoom } from '../../storage/diskRoom';
import type { ImageStore } from '../../storage/imageStore';
import type { Certificate } from '../certificates/certificate.ports';
import type { CertificateService } from '../certificates/certificate.service';
import type { Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import { Export } from './export.entity';
import { ExportArchive } from './exportArchive';
import type { ExportDatasetInput } from './export.input';
import type { ExportRepository } from './export.repository';
import { takeSnapshot } from './exportSnapshot';
import { safeName } from './exportPaths';

const defaultMinConfidence = 0.9;
const exportsShown = 50;
/** A snapshot holds a connection to the database while it reads. */
const snapshotsAtOnce = 2;
/** An image of the snapshot in the temporary folder, generously. */
const bytesPerEntry = 1_000;

export interface Download {
  fileName: string;
  archive: ExportArchive;
  /** Call it when the download is over, in every case. */
  dispose(): Promise<void>;
}

export interface ExportServiceParts {
  dataSource: DataSource;
  datasets: DatasetService;
  store: ImageStore;
  certificates: CertificateService;
  repository: ExportRepository;
  /** The disk of the temporary folder, where snapshots are written. */
  spool: DiskRoom;
  blinds: BlindGuard;
}

export class ExportService {
  /** One of each person at a time, so that people take turns. */
  private readonly ownSnapshots = TurnQueue.oneByOne();
  private readonly snapshots = new TurnQueue({
    running: snapshotsAtOnce,
    waiting: Infinity,
    refuse: () => new Error('never full'),
  });

  constructor(private readonly parts: ExportServiceParts) {}

  /** Stores the request. The zip is written while it is downloaded. */
  async create(viewer: Viewer | null, input: ExportDatasetInput): Promise<Export> {
    const { viewer: person, dataset } = await this.parts.datasets.open(
      viewer,
      input.datasetId,
      'export',
    );
    await this.refuseBlind(viewer, dataset.id);
    const certificate = await this.certificateOf(dataset, input);
    const minConfidence = certificate ? 0 : minConfidenceOf(input);
    const id = uuid();
    await this.parts.dataSource.manager.insert(Export, {
      id,
      datasetId: dataset.id,
      userId: person.id,
      include: input.include,
      minConfidence,
      certificateId: certificate?.id ?? null,
      imageCount: await this.count(dataset, minConfidence, certificate?.id),
    });
    return this.parts.dataSource.manager.findOneByOrFail(Export, { id });
  }

  /** @throws NotFoundError, ForbiddenError */
  async open(viewer: Viewer | null, id: string): Promise<{ found: Export; dataset: Dataset }> {
    requireViewer(viewer);
    const found = await this.parts.dataSource.manager.findOneBy(Export, { id });
    if (!found) throw new NotFoundError('Export', id);
    const { dataset } = await this.parts.datasets.open(viewer, found.datasetId, 'export');
    return { found, dataset };
  }

  /**
   * Takes the snapshot in turn. Undefined if the client has gone meanwhile.
   *
   * @throws InvalidStateError while the viewer holds a blind task
   */
  download(
    viewer: Viewer | null,
    found: Export,
    isGone: () => boolean,
  ): Promise<Download | undefined> {
    return this.ownSnapshots.run(viewer?.id ?? '', () =>
      this.snapshots.run('all', async () =>
        isGone() ? undefined : this.takeDownload(viewer, found),
      ),
    );
  }

  private async takeDownload(viewer: Viewer | null, found: Export): Promise<Download> {
    await this.refuseBlind(viewer, found.datasetId);
    // The certificate is checked now, because the zip states it.
    if (found.certificateId) await this.parts.certificates.review(found.datasetId);
    await this.parts.spool.require(found.imageCount * bytesPerEntry);
    const snapshot = await takeSnapshot(this.parts, found);
    const { dataset, takenAt } = snapshot.facts;
    return {
      fileName: `${safeName(dataset.name)} ${takenAt.toISOString().slice(0, 10)}.zip`,
      archive: new ExportArchive(this.parts.store, found, snapshot),
      dispose: () => snapshot.dispose(),
    };
  }

  readonly byId = async (ids: readonly string[]): Promise<Map<string, Export>> => {
    const found = await this.parts.dataSource.manager.findBy(Export, { id: In([...ids]) });
    return new Map(found.map((one) => [one.id, one]));
  };

  /** Lists the newest exports of each dataset, newest first. */
  readonly ofDatasets = async (datasetIds: readonly string[]): Promise<Map<string, Export[]>> => {
    const { dataSource } = this.parts;
    const ids = await newestOfDatasets(dataSource, 'export', datasetIds, exportsShown);
    const exports = await dataSource.manager.find(Export, {
      where: { id: In(ids) },
      order: { createdAt: 'DESC', id: 'DESC' },
    });
    return groupedBy(datasetIds, exports, ({ datasetId }) => datasetId);
  };

  /** An export and its number of images would tell what a blind task hides. */
  private async refuseBlind(viewer: Viewer | null, datasetId: string): Promise<void> {
    if ((await this.parts.blinds.of(viewer)).datasets.has(datasetId))
      throw new InvalidStateError(
        'You hold tasks of this dataset that hide the prediction. Answer or release them before you export.',
      );
  }

  /** @throws InvalidInputError, NotFoundError, InvalidStateError */
  private async certificateOf(
    dataset: Dataset,
    { certificateId, include, minConfidence }: ExportDatasetInput,
  ): Promise<Certificate | null> {
    if (!certificateId) return null;
    if (include === ExportInclude.LABELS || minConfidence != null)
      throw new InvalidInputError(
        'certificateId',
        'A certificate needs LABELS_AND_PREDICTIONS and has its own threshold. Omit minConfidence.',
      );
    return this.parts.certificates.openIssued(dataset, certificateId);
  }

  private count(
    { id, currentRunId }: Dataset,
    minConfidence: number | null,
    certificateId?: string,
  ): Promise<number> {
    const source = certificateId
      ? ({ kind: 'certificate', id: certificateId } as const)
      : ({ kind: 'run', id: currentRunId } as const);
    return this.parts.repository.count(id, source, minConfidence);
  }
}

/** Null if predictions are not exported. @throws InvalidInputError */
function minConfidenceOf({ include, minConfidence }: ExportDatasetInput): number | null {
  if (include === ExportInclude.LABELS) {
    if (minConfidence == null) return null;
    throw new InvalidInputError(
      'minConfidence',
      'minConfidence needs LABELS_AND_PREDICTIONS. Omit it, or include predictions.',
    );
  }
  return confidenceOf('minConfidence', minConfidence ?? defaultMinConfidence);
}
