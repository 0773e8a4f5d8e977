/** The public exports of `models/metrics`. Code outside `models/` imports only this file. */
export { adviceOf } from './advice';
export { groupAgreement, pairAgreements, peerAgreements, shareDifference } from './agreement';
export { shareInterval } from './binomial';
export {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  reliabilityBins,
  type ScoredSample,
} from './calibration';
export { alphaOfAttempt } from './certificate/attempts';
export { evaluateAudit, type AuditStanding } from './certificate/evaluate';
export { planAudit, type AuditPlan } from './certificate/plan';
export { toleratedWrong, type AuditRule, type AuditStage } from './certificate/rule';
export { findConflictingNearDuplicates } from './conflictingNearDuplicates';
export { forecastAccuracy, type Forecast } from './forecast';
export { findLabelErrors } from './labelErrors';
export { fitSampleTemperature, fitTemperature, predictAt } from './temperature';
export { chooseThreshold, planAtThreshold, type ThresholdPlan } from './threshold';
