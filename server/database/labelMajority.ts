const label = 'FROM label WHERE label.image_id = image.id AND label.in_force';

/** SQL: whether the image has a label in force. It needs a table `image`. */
export const hasLabel = `EXISTS (SELECT 1 ${label})`;

/**
 * SQL: a value of the class that the image's labels alone support: the class with the most labels.
 * The newest label breaks a tie. Extra labels count only if there are no others. Null without a label.
 *
 * @param value an aggregate, or `label.class_id`
 */
export const ofMajority = (value: string): string => `(SELECT ${value} ${label}
  AND label.extra = (SELECT bool_and(label.extra) ${label})
  GROUP BY label.class_id ORDER BY count(*) DESC, max(label.created_at) DESC LIMIT 1)`;
