import type { EntityManager } from 'typeorm';

/** Records what people do not answer. All of it runs in the caller's transaction. */
export class SkipRepository {
  /** The image is not of this class: the lane CONFIRM never shows it in the grid of the class again. */
  async reject(
    manager: EntityManager,
    rejection: { imageId: string; classId: string; userId: string },
  ): Promise<void> {
    await manager.query(
      'INSERT INTO rejection (image_id, class_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [rejection.imageId, rejection.classId, rejection.userId],
    );
  }

  /** This person is not asked about the image again. */
  async skip(
    manager: EntityManager,
    { imageId, userId }: { imageId: string; userId: string },
  ): Promise<void> {
    await manager.query(
      'INSERT INTO skip (image_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [imageId, userId],
    );
  }
}
