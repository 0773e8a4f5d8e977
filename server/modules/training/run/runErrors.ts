/** A run failed for a reason that people can do something about. The message is a sentence for them. */
export class RunFailure extends Error {}

/** The model was far worse than the current one, so it was not published. */
export class RunRefusal extends RunFailure {}

/** The run was cancelled, or another worker took it over, so this attempt must stop. */
export class RunStoppedError extends Error {
  constructor(readonly cancelled: boolean) {
    super(cancelled ? 'the run was cancelled' : 'another attempt took over the run');
  }
}
