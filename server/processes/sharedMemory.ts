interface Waiting {
  mebibytes: number;
  grant: () => void;
}

/** Memory that several tasks share. Who asks first gets it first. */
export class SharedMemory {
  private taken = 0;
  private readonly waiting: Waiting[] = [];

  constructor(private readonly mebibytes: number) {}

  /**
   * Resolves when there is enough memory, or none is taken. Call `release` with the same amount
   * afterwards.
   */
  take(mebibytes: number): Promise<void> {
    return new Promise((grant) => {
      this.waiting.push({ mebibytes, grant });
      this.grantNext();
    });
  }

  release(mebibytes: number): void {
    this.taken -= mebibytes;
    this.grantNext();
  }

  private grantNext(): void {
    for (let [first] = this.waiting; first; [first] = this.waiting) {
      if (this.taken > 0 && this.taken + first.mebibytes > this.mebibytes) return;
      this.taken += first.mebibytes;
      this.waiting.shift();
      first.grant();
    }
  }
}
