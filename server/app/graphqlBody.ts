import express, { type RequestHandler } from 'express';
import type { Viewer } from '../domain/viewer';
import { nestsDeeperThan } from '../graphql/operations/nesting';
import { operationLimits } from '../graphql/operations/operationLimits';
import { subjectOf } from '../graphql/operations/operationRunner';
import type { EventLoopShare } from '../limits/eventLoopShare';
import { TurnQueue } from '../limits/turnQueue';

// A packed body of a kilobyte can unpack to a megabyte. No client of ours packs its bodies.
const plain = { type: 'application/json', inflate: false };
const signedInText = express.text({ ...plain, limit: operationLimits.maxBodyBytes });
const anonymousText = express.text({ ...plain, limit: operationLimits.maxAnonymousBodyBytes });

/** Larger bodies, in bytes, are read one by one for each person. */
const largeBody = 64 * 1024;
const largeBodies = TurnQueue.oneByOne();

/** Reads JSON bodies of limited size. Parsing blocks the event loop, so it waits for its turn. */
export const jsonBody = (loop: EventLoopShare): RequestHandler[] => [
  readText,
  async (request, response, next) => {
    const text: unknown = request.body;
    if (typeof text !== 'string') return next();
    const { viewer } = response.locals as { viewer: Viewer | null };
    await loop.wait(`body ${subjectOf({ viewer, address: request.ip })}`);
    if (response.closed) return;
    request.body = parsed(text);
    next();
  },
];

const readText: RequestHandler = async (request, response, next) => {
  const { viewer } = response.locals as { viewer: Viewer | null };
  if (!viewer) return anonymousText(request, response, next);
  const isLarge = !(Number(request.headers['content-length']) <= largeBody);
  const endTurn = isLarge ? await largeBodies.take(viewer.id) : () => {};
  if (response.closed) return endTurn();
  response.once('close', endTurn);
  signedInText(request, response, (error) => {
    endTurn();
    next(error);
  });
};

/** @throws BadBodyError */
function parsed(text: string): unknown {
  if (nestsDeeperThan(operationLimits.maxNesting, text))
    throw new BadBodyError(
      `The body nests deeper than ${operationLimits.maxNesting} levels. Send flat lists.`,
    );
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new BadBodyError(`The body is not JSON: ${(error as Error).message}`);
  }
}

class BadBodyError extends Error {
  readonly status = 400;
}
