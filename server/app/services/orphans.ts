import type { ImageRepository } from '../../modules/images/image.repository';
import type { UploadRepository } from '../../modules/images/uploads/upload.repository';
import { objectNames } from '../../storage/imageKeys';
import type { ImageStore } from '../../storage/imageStore';
import { OrphanSweeper } from '../../storage/orphanSweeper';

/**
 * Builds the search for stored files that no row names. Networks are left out, because a
 * run that is repeated stores its network under the same name.
 */
export const buildOrphanSweeper = (
  store: ImageStore,
  rows: {
    images: ImageRepository;
    uploads: UploadRepository;
  },
): OrphanSweeper =>
  new OrphanSweeper(store, [
    { folder: 'images/', name: objectNames.file, referenced: rows.images.existing },
    { folder: 'thumbnails/', name: objectNames.thumbnail, referenced: rows.images.existing },
    { folder: 'uploads/', name: objectNames.file, referenced: rows.uploads.existing },
  ]);
