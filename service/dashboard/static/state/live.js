/**
 * What happens in the installation, as it happens, told to however many components listen.
 *
 * `useLive` is all that a component needs. The running jobs are looked at every two seconds, once for the whole page.
 */

import { useEffect, useRef } from "preact/hooks";

import { getJson } from "../api/client.js";
import { delay } from "../api/events.js";

/**
 * @typedef {{ kind: string, job: string, data: any }} LiveEvent
 *   `status` or `progress` of a job; a `status` that is not `running` says that the job has ended
 */

const PAUSE = 2000; // milliseconds between two looks

/** @type {Set<(event: LiveEvent) => void>} */
const listeners = new Set();
/** @type {AbortController | null} */
let stream = null;

/**
 * Call `onEvent` for whatever happens while the component is shown.
 *
 * @param {(event: LiveEvent) => void} onEvent
 */
export function useLive(onEvent) {
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(() => listen((event) => latest.current(event)), []);
}

/**
 * @param {(event: LiveEvent) => void} listener
 * @returns {() => void} ends it
 */
function listen(listener) {
  listeners.add(listener);
  if (!stream) {
    stream = new AbortController();
    look(stream.signal);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stream?.abort();
    stream = null;
  };
}

/** @param {LiveEvent} event */
function tell(event) {
  for (const listener of listeners) listener(event);
}

/** @param {AbortSignal} signal */
async function look(signal) {
  let before = /** @type {Map<string, any>} */ (new Map());
  while (!signal.aborted) {
    if (!document.hidden) before = await tellChanges(before).catch(() => before);
    await delay(PAUSE, signal);
  }
}

/**
 * @param {Map<string, any>} before job id → job, of those that ran at the last look
 */
async function tellChanges(before) {
  const { items } = await getJson("v1/jobs?status=running&limit=50");
  const jobs = new Map(items.map((/** @type {any} */ job) => [job.id, job]));
  for (const job of items) {
    const old = before.get(job.id);
    if (!old) tell({ kind: "status", job: job.id, data: { status: "running" } });
    else if (JSON.stringify(old.progress) !== JSON.stringify(job.progress)) {
      tell({ kind: "progress", job: job.id, data: job.progress });
    }
  }
  for (const id of before.keys()) {
    if (!jobs.has(id)) tell({ kind: "status", job: id, data: { status: "ended" } });
  }
  return jobs;
}
