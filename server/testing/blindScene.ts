import type { FormattedExecutionResult } from 'graphql-ws';
import { parseGlobalId } from '../graphql/globalId';
import { toCursor } from '../modules/events/event.ports';
import { take, type ApiClient } from './apiClient';
import { eventQuestion, type BlindScene, type Question } from './blindQuestions';
import type { TestServer } from './testServer';

export type Questions = Record<string, Question>;
/** The answers as text, by question. */
export type Answers = Record<string, string>;

export const plainId = (id: string): string => parseGlobalId(id)?.id ?? '';

/** Asks every question over HTTP. Errors are part of the answers. */
export async function askAll(
  client: ApiClient,
  questions: Questions,
  scene: BlindScene,
): Promise<Answers> {
  const answers: Answers = {};
  for (const [name, { query, variables }] of Object.entries(questions))
    answers[name] = JSON.stringify(await client.raw(query, variables(scene)));
  return answers;
}

/** Asks every question over the websocket. */
export async function askAllLive(
  client: ApiClient,
  questions: Questions,
  scene: BlindScene,
): Promise<Answers> {
  const answers: Answers = {};
  for (const [name, { query, variables }] of Object.entries(questions))
    answers[name] = JSON.stringify(await take(client.subscribe(query, variables(scene)), 1));
  return answers;
}

interface EventResult {
  datasetEvents: { __typename: string; cursor: string };
}

/** Reads the events of the dataset up to its newest one, which must not be a label. */
export async function readEvents(
  { container }: TestServer,
  client: ApiClient,
  scene: BlindScene,
): Promise<string> {
  const from = { tx: 0n, id: 0n };
  const records = await container.events.read(from, 10_000, plainId(scene.datasetId));
  const last = records.at(-1);
  if (!last) throw new Error('there are no events');
  const stream = client.subscribe<EventResult>(eventQuestion.query, eventQuestion.variables(scene));
  const results: FormattedExecutionResult<EventResult, unknown>[] = [];
  for await (const result of stream) {
    results.push(result);
    if (result.errors || result.data?.datasetEvents.cursor === toCursor(last.position)) break;
  }
  return JSON.stringify(results);
}

/** The questions that got the same answer twice. */
export const sameAnswers = (before: Answers, after: Answers): string[] =>
  Object.keys(before).filter((name) => before[name] === after[name]);

/** The questions that got different answers. */
export const changedAnswers = (before: Answers, after: Answers): string[] =>
  Object.keys(before).filter((name) => before[name] !== after[name]);
