/** The process in which a backbone's file is loaded for the first time, see `examine`. */
import { readFile } from 'node:fs/promises';
import { answerTask } from '../engine/childTask';
import { dryRun, runOnce } from './add/dryRun';
import { readContract } from './contract';
import type { Examination, ExaminationOrder } from './examine';
import { preprocessings } from './preprocessing';

async function examine({ kind, file }: ExaminationOrder): Promise<Examination> {
  const content = await readFile(file);
  const contract = await readContract(content);
  const preprocessing = preprocessings[contract.description.preprocessing ?? 'signedUnit'];
  if (kind === 'dryRun') return { contract, map: await dryRun(content, contract, preprocessing) };
  // Whether it computes what a backbone should is found out when it embeds.
  await runOnce(content, contract, preprocessing).catch(() => {});
  return { contract };
}

answerTask(examine);
