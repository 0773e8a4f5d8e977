/** The image store's key of a trained network's weights, from which a later run can go on. */
export const weightsKey = (backboneId: string) => `models/${backboneId}.weights`;
