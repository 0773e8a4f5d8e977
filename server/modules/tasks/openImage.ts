/**
 * SQL of the images that may be asked about: nobody labelled them yet. What an audit waits for is asked in its own
 * lane alone, because elsewhere people would see its prediction.
 */
export const isOpen = `
  image.consensus_class_id IS NULL AND NOT image.held_out
  AND NOT EXISTS (SELECT 1 FROM lane_entry WHERE lane_entry.image_id = image.id
    AND lane_entry.lane = 'AUDIT' AND lane_entry.answered_at IS NULL)`;
