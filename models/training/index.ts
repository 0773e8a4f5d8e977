/** The public exports of `models/training`. Code outside `models/` imports only this file. */
export {
  appendPseudoLabels,
  crossValidate,
  type CrossValidation,
  type CrossValidationInput,
  type FoldHead,
  type PseudoLabelledRows,
} from './crossValidation';
export { excludeClasses } from './excludeClasses';
export { fitHead, headDefaults, type FitHeadInput, type FittedHead, type Head } from './head';
export { headLogits, logLoss, softmaxRows } from './logits';
export { choosePenalty, isPenaltyChoiceDue, penalties, type Penalty } from './penalty';
export { fitWithPseudoLabels, poolRows, pseudoLabelledRows } from './pseudoLabels';
export { createScorer, scoreHead, type Scores } from './score';
export { assignSplit } from './split';
