import { stringify } from 'csv-stringify';
import { createHash } from 'node:crypto';
import { PassThrough, pipeline, Readable, Transform, type Writable } from 'node:stream';
import { finished, pipeline as pipelined } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { StoredObjectMissingError, type ImageStore } from '../../storage/imageStore';
import { imageKey } from '../../storage/imageKeys';
import { Digests } from './digests';
import type { Export } from './export.entity';
import { manifestParts } from './exportManifest';
import {
  certificateName,
  csvName,
  manifestName,
  type ExportEntry,
  type ExportSnapshot,
} from './exportSnapshot';

/** A table as CSV, a header first. A spreadsheet would run a cell that starts with = + - or @. */
export const csvSheet = (columns: string[]) =>
  stringify({ header: true, columns, escape_formulas: true });

/** Writes the zip while it is sent. One image is open at a time, and it waits for a slow client. */
export class ExportArchive {
  private readonly zip = new ZipFile();
  private readonly digests = new Digests();

  constructor(
    private readonly store: ImageStore,
    private readonly wanted: Export,
    private readonly snapshot: ExportSnapshot,
  ) {}

  /** Resolves when every byte is handed over. If the client leaves, it rejects. */
  async writeTo(output: Writable): Promise<void> {
    const stop = new AbortController();
    const sent = pipelined(this.zip.outputStream, output);
    const filled = this.fill(stop.signal).catch((error: unknown) => {
      // Closes the connection, because half a zip must not appear complete.
      output.destroy(error as Error);
      throw error;
    });
    filled.catch(() => {}); // awaited below, once the output has ended
    try {
      await Promise.race([sent, new Promise<never>((_, reject) => this.zip.on('error', reject))]);
      await filled;
    } finally {
      stop.abort();
      await filled.catch(() => {});
      output.destroy();
    }
  }

  private async fill(signal: AbortSignal): Promise<void> {
    for await (const { entry, id } of this.snapshot.entries()) {
      signal.throwIfAborted();
      this.digests.push(await this.addImage(entry, id, signal));
    }
    await this.add(csvName, this.csv(), signal);
    const { certificate } = this.snapshot.facts;
    if (certificate)
      await this.add(
        certificateName,
        Readable.from([`${JSON.stringify(certificate, null, 2)}\n`]),
        signal,
      );
    await this.add(manifestName, this.manifest(), signal);
    this.zip.end();
  }

  /** Returns the SHA-256 of the bytes, or undefined for a file that the store has lost. */
  private async addImage(entry: ExportEntry, id: string, signal: AbortSignal) {
    const stored = await this.store
      .stream(imageKey(this.wanted.datasetId, id))
      .catch((error: unknown) => {
        if (error instanceof StoredObjectMissingError) return undefined;
        throw error;
      });
    if (!stored) return undefined;
    const hash = createHash('sha256');
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    pipeline(stored.stream, meter, () => {});
    await this.add(entry.path, meter, signal, stored.byteSize);
    return hash.digest();
  }

  /** Images are already compressed, so they are stored. With a known size, nothing is deflated. */
  private async add(path: string, source: Readable, signal: AbortSignal, size?: number) {
    const options = {
      mtime: this.snapshot.facts.takenAt,
      mode: 0o100644,
      compress: size === undefined,
      ...(size !== undefined && { size }),
    };
    const stopReading = () => source.destroy();
    signal.addEventListener('abort', stopReading);
    try {
      const read = finished(source, { signal });
      this.zip.addReadStream(source, path, options);
      await read;
    } finally {
      signal.removeEventListener('abort', stopReading);
    }
  }

  private csv(): Readable {
    const columns = ['path', 'file_name', 'sha256', 'class', 'how', 'who', 'when', 'confidence'];
    const sheet = csvSheet([...columns, 'ordinal', 'split', 'image_id']);
    const out = new PassThrough();
    pipeline(Readable.from(this.csvRows()), sheet, out, () => {});
    return out;
  }

  private async *csvRows() {
    let index = 0;
    for await (const { entry } of this.snapshot.entries()) {
      const sha256 = this.digests.hex(index++);
      if (!sha256) continue;
      const { path, fileName, how, who, when, confidence, ordinal, split, imageId } = entry;
      yield [
        path,
        fileName,
        sha256,
        entry.class,
        how,
        who,
        when,
        confidence,
        ordinal,
        split,
        imageId,
      ];
    }
  }

  private manifest(): Readable {
    return Readable.from(manifestParts(this.wanted, this.snapshot, this.digests));
  }
}
