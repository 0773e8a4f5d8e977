/**
 * SQL of the images that tasks can ask for: not labelled yet. Images that wait for an audit are
 * offered in that lane only, because other lanes would show their prediction.
 */
export const isOpen = `
  image.consensus_class_id IS NULL AND NOT image.held_out
  AND NOT EXISTS (SELECT 1 FROM lane_entry WHERE lane_entry.image_id = image.id
    AND lane_entry.lane = 'AUDIT' AND lane_entry.answered_at IS NULL)`;
