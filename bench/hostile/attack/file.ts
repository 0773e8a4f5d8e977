import { setTimeout as delay } from 'node:timers/promises';
import type { HostileFile } from '../../../server/testing/hostile';
import { isRateLimited, send, verdictOf, verdictOfError, type Access, type Message } from './http';
import { patienceMs, type Verdict } from './result';

/** Time that is left for a last question about an import. */
const askMs = 2_000;

/** The server said something that ends the upload: a refusal, or a fault of its own. */
class Ended extends Error {
  constructor(
    readonly outcome: Verdict['outcome'],
    readonly what = '',
  ) {
    super(what);
  }
}

const createUploads = `mutation ($input: CreateUploadsInput!) { createUploads(input: $input) { tickets { id url } error { message } } }`;
const completeUploads = `mutation ($id: ID!) { completeUploads(input: { ticketIds: [$id] }) {
  results { image { url thumbnailUrl } import { id } refusal { reason message } } error { message } } }`;
const importState = `query ($id: ID!) { node(id: $id) { ... on Import { status failure } } }`;

interface Created {
  createUploads: { tickets: { id: string; url: string }[] | null };
}
interface Completed {
  completeUploads: {
    results:
      | {
          image: { url: string; thumbnailUrl: string } | null;
          import: { id: string } | null;
          refusal: object | null;
        }[]
      | null;
  };
}
interface State {
  node: { status: string } | null;
}

/** One upload from its ticket to its end, as the client does it. */
class Upload {
  private readonly end = performance.now() + patienceMs.file;

  constructor(
    private readonly access: Access,
    private readonly datasetId: string,
    private readonly file: HostileFile,
  ) {}

  async run(): Promise<Verdict['outcome']> {
    const ticket = await this.createTicket();
    await this.exchange({ method: 'PUT', path: ticket.url, body: this.file.bytes });
    const { completeUploads: payload } = await this.ask<Completed>(completeUploads, {
      id: ticket.id,
    });
    const [result] = payload.results ?? [];
    if (!result || result.refusal) return 'refused';
    if (result.import) await this.untilImported(result.import.id);
    if (!result.image) return 'ended';
    for (const path of [result.image.thumbnailUrl, result.image.url])
      await this.exchange({ method: 'GET', path });
    return 'ended';
  }

  private async createTicket() {
    const { fileName, bytes, kind, announced = bytes.length } = this.file;
    const files = [{ fileName, byteSize: announced, kind, labelsFromFolders: kind === 'ARCHIVE' }];
    const input = { datasetId: this.datasetId, files };
    const { createUploads: payload } = await this.ask<Created>(createUploads, { input });
    const [ticket] = payload.tickets ?? [];
    if (!ticket) throw new Ended('refused');
    return ticket;
  }

  private async untilImported(id: string): Promise<void> {
    for (let status = 'WAITING'; ; await delay(100)) {
      if (performance.now() > this.end - askMs) throw new Ended('open', `the import is ${status}`);
      const { node } = await this.ask<State>(importState, { id });
      if (!node || node.status === 'DONE' || node.status === 'FAILED') return;
      ({ status } = node);
    }
  }

  private async ask<T>(query: string, variables: object): Promise<T> {
    const answer = await this.exchange({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data } = JSON.parse(answer.text) as { data?: T | null };
    if (!data) throw new Ended('refused');
    return data;
  }

  /** Waits while the server limits the rate. @throws Ended */
  private async exchange(message: Message) {
    for (;;) {
      const left = Math.max(1, this.end - performance.now());
      const answer = await send(this.access, { ...message, patience: left });
      if (isRateLimited(answer) && left > 1_000) {
        await delay(250);
        continue;
      }
      const { outcome, what } = verdictOf(answer);
      if (outcome === 'internal') throw new Ended('internal', what);
      if (outcome === 'refused') throw new Ended('refused');
      return answer;
    }
  }
}

/** Uploads one hostile file and waits for its end. For an archive, that is the end of its import. */
export async function uploadHostile(
  access: Access,
  datasetId: string,
  file: HostileFile,
): Promise<Verdict> {
  const since = performance.now();
  const ms = () => performance.now() - since;
  try {
    return { outcome: await new Upload(access, datasetId, file).run(), ms: ms() };
  } catch (error) {
    if (!(error instanceof Ended)) return verdictOfError(error, ms());
    return { outcome: error.outcome, ms: ms(), ...(error.what && { what: error.what }) };
  }
}
