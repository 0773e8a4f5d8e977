/** An answer to a PUT that is not a success. */
export class UploadRejectedError extends Error {
  constructor(
    readonly status: 400 | 409 | 410 | 413,
    message: string,
  ) {
    super(message);
  }
}
