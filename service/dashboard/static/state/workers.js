/** The workers that are there; looked at every 15 seconds while the tab is visible. */

import { effect, signal } from "@preact/signals";

import { getJson } from "../api/client.js";
import { restored } from "./connection.js";

/** @typedef {import("bakeoff-api").WorkerDocument} Worker */

const PAUSE = 15_000; // milliseconds

/** null: not known yet. */
export const workers = signal(/** @type {Worker[] | null} */ (null));

async function look() {
  if (document.hidden) return;
  await getJson("health/ready").then(
    (ready) => (workers.value = ready.workers),
    () => null, // the banner says that the service does not answer
  );
}

setInterval(look, PAUSE);
document.addEventListener("visibilitychange", look);
effect(() => {
  restored.value;
  look();
});
