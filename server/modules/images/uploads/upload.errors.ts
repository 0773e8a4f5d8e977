/** An error response to a PUT. */
export class UploadRejectedError extends Error {
  constructor(
    readonly status: 400 | 409 | 410 | 413,
    message: string,
  ) {
    super(message);
  }
}
