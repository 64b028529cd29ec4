/** Doing something that many events ask for, no more often than it is worth. */

import { useCallback, useEffect, useRef } from "preact/hooks";

/**
 * Calls `action` soon, once for however many calls, with a pause after each time that is at least as long as it took.
 *
 * @param {() => Promise<void>} action
 * @param {number} pause milliseconds
 * @returns {() => void}
 */
export function useAtMost(action, pause) {
  const state = useRef({ action, timer: 0, busy: false, again: false, free: 0 });
  state.current.action = action;
  useEffect(() => () => clearTimeout(state.current.timer), []);
  return useCallback(() => schedule(state.current, pause), [pause]);
}

/**
 * @param {{ action: () => Promise<void>, timer: number, busy: boolean, again: boolean, free: number }} state
 * @param {number} pause
 */
function schedule(state, pause) {
  if (state.busy) state.again = true;
  if (state.busy || state.timer) return;
  const run = async () => {
    const start = Date.now();
    Object.assign(state, { timer: 0, busy: true, again: false });
    await state.action();
    Object.assign(state, { busy: false, free: Date.now() + Math.max(pause, Date.now() - start) });
    if (state.again) schedule(state, pause);
  };
  state.timer = window.setTimeout(run, Math.max(0, state.free - Date.now()));
}
