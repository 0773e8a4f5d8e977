/** The height of every row in pixels. Equal heights keep the drag computation simple. */
export const ROW_HEIGHT = 46;
