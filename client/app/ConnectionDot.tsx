import { Tooltip } from '@mantine/core';
import { type LiveState, useLiveState } from '../lib/live';
import classes from './ConnectionDot.module.css';

const tooltips: Record<LiveState, string> = {
  live: 'Live: the work of others appears here immediately',
  reconnecting: 'Reconnecting: your labels are stored and sent when the server is available again',
  'catching up': 'Catching up with events from the time offline',
};

/** Shows the state of the live connection. Text appears only if the connection is not live. */
export function ConnectionDot() {
  const state = useLiveState();
  return (
    <Tooltip label={tooltips[state]}>
      <span className={classes.root} role="status" aria-label={`Connection: ${state}`} tabIndex={0}>
        <span className={classes.dot} data-state={state} />
        {state !== 'live' && <span className={classes.text}>{state}…</span>}
      </span>
    </Tooltip>
  );
}
