import { Tooltip } from '@mantine/core';
import { type LiveState, useLiveState } from '../lib/live';
import classes from './ConnectionDot.module.css';

const words: Record<LiveState, string> = {
  live: 'Live: what others do appears here at once',
  reconnecting: 'Reconnecting: your labels are kept and sent when the server is back',
  'catching up': 'Catching up with what happened meanwhile',
};

/** Quiet while all is well; it only speaks up, by colour and words, when it is not. */
export function ConnectionDot() {
  const state = useLiveState();
  return (
    <Tooltip label={words[state]}>
      <span className={classes.root} role="status" aria-label={`Connection: ${state}`} tabIndex={0}>
        <span className={classes.dot} data-state={state} />
        {state !== 'live' && <span className={classes.word}>{state}…</span>}
      </span>
    </Tooltip>
  );
}
