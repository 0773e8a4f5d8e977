import { UploadEngine } from './uploadEngine';
import {
  PermanentUploadError,
  TicketGoneError,
  type Ticket,
  type UploadAnswer,
  type UploadSource,
  type UploadTransport,
} from './uploadTypes';

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

class FakeTransport implements UploadTransport {
  ticketCalls: number[] = [];
  completeCalls: number[] = [];
  puts: string[] = [];
  sending = 0;
  maxSending = 0;
  private names = new Map<string, string>();
  onTickets = (): Promise<void> => Promise.resolve();
  onPut = (_name: string, _attempt: number): Promise<void> => tick().then(() => undefined);
  answer = (_name: string): Partial<UploadAnswer> => ({});

  async createTickets(files: { fileName: string }[]): Promise<Ticket[]> {
    this.ticketCalls.push(files.length);
    await this.onTickets();
    return files.map(({ fileName }) => {
      const id = `${fileName}#${this.names.size}`;
      this.names.set(id, fileName);
      return { id, url: `/files/${id}` };
    });
  }

  async put(ticket: Ticket, file: Blob, onProgress: (bytes: number) => void, signal: AbortSignal) {
    const name = this.names.get(ticket.id) ?? '';
    this.puts.push(name);
    this.sending += 1;
    this.maxSending = Math.max(this.maxSending, this.sending);
    try {
      onProgress(Math.floor(file.size / 2));
      await this.onPut(name, this.puts.filter((put) => put === name).length);
      if (signal.aborted) throw new Error('Aborted');
    } finally {
      this.sending -= 1;
    }
  }

  async complete(ticketIds: string[]): Promise<UploadAnswer[]> {
    this.completeCalls.push(ticketIds.length);
    await tick();
    return ticketIds.map((ticketId) => ({
      ticketId,
      duplicate: false,
      archive: false,
      ...this.answer(this.names.get(ticketId) ?? ''),
    }));
  }
}

const source = (fileName: string, bytes = 10): UploadSource => ({
  file: new Blob(['x'.repeat(bytes)]),
  input: { fileName, byteSize: bytes },
});
const sources = (count: number) => Array.from({ length: count }, (_, i) => source(`${i}.jpg`));

const finished = (engine: UploadEngine) =>
  new Promise<void>((resolve) => {
    const check = () => {
      if (engine.getSnapshot().status === 'finished') resolve();
    };
    engine.subscribe(check);
    check();
  });

function setUp(options = {}) {
  const transport = new FakeTransport();
  const engine = new UploadEngine(transport, { backoffMs: 2, ...options });
  return { transport, engine };
}

describe('UploadEngine', () => {
  it('sends thousands of files in ticket batches, six at a time, and completes them in batches', async () => {
    const { transport, engine } = setUp();
    transport.onPut = () => Promise.resolve();
    engine.add(sources(2_000));
    await finished(engine);
    const { counts, bytesSent, bytesTotal } = engine.getSnapshot();
    expect(counts.done).toBe(2_000);
    expect(bytesSent).toBe(bytesTotal);
    expect(Math.max(...transport.ticketCalls)).toBeLessThanOrEqual(100);
    expect(transport.maxSending).toBe(6);
    expect(Math.max(...transport.completeCalls)).toBeLessThanOrEqual(24);
    expect(transport.puts).toHaveLength(2_000);
  });

  it('retries a file after a transient failure, and gives up after the last attempt', async () => {
    const { transport, engine } = setUp({ maxAttempts: 3 });
    transport.onPut = (name, attempt) =>
      name === 'never.jpg' || attempt < 3 ? Promise.reject(new Error('503')) : Promise.resolve();
    engine.add([source('shaky.jpg'), source('never.jpg')]);
    await finished(engine);
    expect(engine.items.map((item) => item.state)).toEqual(['done', 'failed']);
    expect(engine.items[1]?.message).toBe('503');
    expect(transport.puts.filter((name) => name === 'never.jpg')).toHaveLength(3);
  });

  it('requests a new ticket when the old one is gone', async () => {
    const { transport, engine } = setUp();
    transport.onPut = (_name, attempt) =>
      attempt === 1 ? Promise.reject(new TicketGoneError('410')) : Promise.resolve();
    engine.add([source('late.jpg')]);
    await finished(engine);
    expect(engine.items[0]?.state).toBe('done');
    expect(transport.ticketCalls).toEqual([1, 1]);
  });

  it('lists refusals with their reason while other files continue', async () => {
    const { transport, engine } = setUp();
    transport.answer = (name) =>
      name === 'bad.jpg'
        ? { refusal: { reason: 'TRUNCATED', message: 'The file ends early.' } }
        : { duplicate: name === 'twice.jpg' };
    engine.add([source('good.jpg'), source('bad.jpg'), source('twice.jpg')]);
    await finished(engine);
    expect(engine.items.map((item) => item.state)).toEqual(['done', 'refused', 'duplicate']);
    expect(engine.items[1]).toMatchObject({ reason: 'TRUNCATED', message: 'The file ends early.' });
  });

  it('does not retry a permanent failure', async () => {
    const { transport, engine } = setUp();
    transport.onPut = () => Promise.reject(new PermanentUploadError('Too large', 'TOO_LARGE'));
    engine.add([source('huge.jpg')]);
    await finished(engine);
    expect(engine.items[0]?.state).toBe('refused');
    expect(transport.puts).toHaveLength(1);
  });

  it('starts no request while paused, completes what has arrived, and continues on resume', async () => {
    const { transport, engine } = setUp({ parallel: 2 });
    engine.add(sources(10));
    await tick();
    engine.pause();
    for (let turn = 0; turn < 20; turn += 1) await tick();
    const put = transport.puts.length;
    expect(put).toBeLessThan(10);
    expect(engine.items.filter((item) => item.state === 'done')).toHaveLength(put);
    engine.resume();
    await finished(engine);
    expect(transport.puts).toHaveLength(10);
  });

  it('cancels all unsent files and still finishes', async () => {
    const { transport, engine } = setUp({ parallel: 2 });
    engine.add(sources(50));
    while (transport.puts.length < 4) await tick();
    engine.cancel();
    await finished(engine);
    const { counts, settled } = engine.getSnapshot();
    expect(settled).toBe(50);
    expect(counts.cancelled).toBeGreaterThan(40);
    expect(counts.failed).toBe(0);
  });

  it('retries failed files on request', async () => {
    const { transport, engine } = setUp({ maxAttempts: 1 });
    transport.onPut = () => Promise.reject(new Error('offline'));
    engine.add(sources(3));
    await finished(engine);
    expect(engine.getSnapshot().counts.failed).toBe(3);
    transport.onPut = () => Promise.resolve();
    engine.retryFailed();
    await finished(engine);
    expect(engine.getSnapshot().counts.done).toBe(3);
  });

  it('retries a failed ticket request, but not a permanent refusal', async () => {
    const { transport, engine } = setUp();
    let calls = 0;
    transport.onTickets = () => (calls++ === 0 ? Promise.reject(new Error('502')) : tick().then());
    engine.add(sources(3));
    await finished(engine);
    expect(engine.getSnapshot().counts.done).toBe(3);
    const other = setUp();
    other.transport.onTickets = () => Promise.reject(new PermanentUploadError('Not your dataset'));
    other.engine.add(sources(3));
    await finished(other.engine);
    expect(other.engine.getSnapshot().counts.failed).toBe(3);
    expect(other.transport.ticketCalls).toHaveLength(1);
  });
});
