/** Whether the service answers. While it does not, it is asked now and then until it does. */

import { signal } from "@preact/signals";

const PAUSE = 2000; // milliseconds between two questions

/** Whether the last request found no service; the shell says so. */
export const lost = signal(false);

/** How often the service has come back: what was loaded before is loaded again when this changes. */
export const restored = signal(0);

/** Note that a request was answered. */
export function noteAnswer() {
  if (!lost.peek()) return;
  lost.value = false;
  restored.value += 1;
}

/** Note that a request was not answered. */
export function noteOutage() {
  if (lost.peek()) return;
  lost.value = true;
  setTimeout(ask, PAUSE);
}

async function ask() {
  if (!lost.peek()) return;
  const isThere = !document.hidden && (await fetch("./health/ready").then((answer) => answer.ok, () => false));
  if (isThere) noteAnswer();
  else setTimeout(ask, PAUSE);
}
