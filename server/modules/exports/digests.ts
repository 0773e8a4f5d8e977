const size = 32;

/** SHA-256 digests by their place in a list, 32 bytes each. A place may be empty. */
export class Digests {
  private bytes = Buffer.alloc(1_024 * size);
  private readonly missing = new Set<number>();
  private count = 0;

  push(digest: Buffer | undefined): void {
    if ((this.count + 1) * size > this.bytes.length)
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)]);
    if (digest) digest.copy(this.bytes, this.count * size);
    else this.missing.add(this.count);
    this.count++;
  }

  hex(index: number): string | null {
    if (index >= this.count || this.missing.has(index)) return null;
    return this.bytes.toString('hex', index * size, (index + 1) * size);
  }

  get missingCount(): number {
    return this.missing.size;
  }
}
