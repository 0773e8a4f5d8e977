/** A segment of a JPEG up to its first scan. */
export interface JpegSegment {
  marker: number;
  /** Where its content starts and ends. */
  start: number;
  end: number;
}

export const startOfScan = 0xda;

/** Whether the marker starts a frame: SOF0 to SOF15 without DHT, JPG and DAC. */
export const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Lists the segments up to the first scan, which is the last one. Fill bytes are skipped. */
export function* jpegSegments(bytes: Buffer): Generator<JpegSegment> {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    yield { marker, start: at + 4, end };
    if (marker === startOfScan) return;
    at = end;
  }
}
