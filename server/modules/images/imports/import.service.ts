import type { DataSource } from 'typeorm';
import { ForbiddenError, InvalidStateError, NotFoundError } from '../../../domain/errors';
import type { Viewer } from '../../../domain/viewer';
import { uploadKey } from '../../../storage/imageKeys';
import type { ImageStore } from '../../../storage/imageStore';
import type { DatasetService } from '../../datasets/dataset.service';
import type { EventRecorder } from '../../events/event.ports';
import { Import } from './import.entity';
import type { ImportRepository } from './import.repository';

export interface ImportServiceParts {
  dataSource: DataSource;
  datasets: DatasetService;
  store: ImageStore;
  events: EventRecorder;
  imports: ImportRepository;
}

/** Lets people cancel imports. Workers run them. */
export class ImportService {
  constructor(private readonly parts: ImportServiceParts) {}

  /**
   * The worker that reads the archive stops at its next step. @throws NotFoundError,
   * ForbiddenError, InvalidStateError
   */
  async cancel(viewer: Viewer | null, id: string): Promise<Import> {
    const { dataSource, datasets, events, imports, store } = this.parts;
    const work = await dataSource.manager.findOneBy(Import, { id });
    if (!work) throw new NotFoundError('Import', id);
    const { viewer: person, dataset } = await datasets.open(viewer, work.datasetId, 'upload');
    if (![work.userId, dataset.createdBy].includes(person.id))
      throw new ForbiddenError(
        'Only the person who started the import and the creator of the dataset may cancel it. Ask one of them.',
      );
    const cancelled = await dataSource.transaction(async (manager) => {
      if (!(await imports.cancel(manager, id)))
        throw new InvalidStateError('The import has ended, so there is nothing to cancel.');
      await events.record(manager, {
        datasetId: work.datasetId,
        type: 'import.progressed',
        payload: { importId: id },
        actorId: person.id,
      });
      return manager.findOneByOrFail(Import, { id });
    });
    await store.remove(uploadKey(work.ticketId));
    return cancelled;
  }
}
