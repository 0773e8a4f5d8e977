/** The kinds of things that clients name by id. Each is the name of a GraphQL type. */
export type NodeName =
  | 'User'
  | 'Dataset'
  | 'Class'
  | 'Image'
  | 'Label'
  | 'RetrainRun'
  | 'Certificate'
  | 'Import'
  | 'Export'
  | 'UploadTicket';

/** Splits a node's name into lower-case words: `RetrainRun` becomes "retrain run". */
export const wordsOf = (type: NodeName): string =>
  type.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
