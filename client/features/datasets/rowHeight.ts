/** Every row is this high, which makes dragging simple arithmetic. */
export const ROW_HEIGHT = 46;
