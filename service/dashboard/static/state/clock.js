/** The time, for what says "2 minutes ago": one timer for the whole page, which rests in a background tab. */

import { signal } from "@preact/signals";

/** Now, in milliseconds; it moves every ten seconds. */
export const now = signal(Date.now());

const tick = () => {
  if (!document.hidden) now.value = Date.now();
};
setInterval(tick, 10_000);
document.addEventListener("visibilitychange", tick);
