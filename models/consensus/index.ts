/** The public exports of `models/consensus`. Code outside `models/` imports only this file. */
export { activeLabScores, secondOpinions } from './activelab';
export type { Answers } from './answers';
export { crowdlab, type CrowdConsensus } from './crowdlab';
export { dawidSkene } from './dawidSkene';
export { majorityVote, noConsensus } from './majority';
