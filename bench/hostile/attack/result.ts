/** What became of one hostile payload. */
export type Outcome =
  /** The server declined to begin: a request error, a status from 400 to 499, 503, or a closed connection. */
  | 'refused'
  /** It ran to its end, with data or with a typed error. */
  | 'ended'
  /** The server reported a fault of its own. */
  | 'internal'
  /** No answer within the patience. */
  | 'open';

export interface Verdict {
  outcome: Outcome;
  ms: number;
  /** True for connections that are held on purpose. Their time is the attacker's choice. */
  held?: boolean;
  /** What the server said, for outcomes that are failures. */
  what?: string;
}

export interface Result extends Verdict {
  family: string;
  kind: 'query' | 'file';
  who: 'person' | 'nobody';
  /** How a query was sent. */
  transport?: 'http' | 'websocket';
}

/** How long an attacker waits for each payload. Longer than allowed, so that the report has a figure. */
export const patienceMs = { query: 20_000, file: 25_000 } as const;
