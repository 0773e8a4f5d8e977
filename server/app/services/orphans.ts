import type { ImageRepository } from '../../modules/images/image.repository';
import type { UploadRepository } from '../../modules/images/upload.repository';
import type { TrainedBackboneRepository } from '../../modules/embeddings/trainedBackbone.repository';
import { objectNames } from '../../storage/imageKeys';
import type { ImageStore } from '../../storage/imageStore';
import { OrphanSweeper } from '../../storage/orphanSweeper';

/** Builds the search for stored files that no row names, over every kind of file that we store. */
export const buildOrphanSweeper = (
  store: ImageStore,
  rows: {
    images: ImageRepository;
    uploads: UploadRepository;
    networks: TrainedBackboneRepository;
  },
): OrphanSweeper =>
  new OrphanSweeper(store, [
    { folder: 'images/', name: objectNames.file, referenced: rows.images.existing },
    { folder: 'thumbnails/', name: objectNames.thumbnail, referenced: rows.images.existing },
    { folder: 'uploads/', name: objectNames.file, referenced: rows.uploads.existing },
    { folder: 'models/', name: objectNames.network, referenced: rows.networks.existing },
  ]);
