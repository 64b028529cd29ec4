/**
 * What happens in the installation, as it happens: one stream for the whole page, however many components listen.
 *
 * `useLive` is all that a component needs. It is called with `ready` too, when the stream has begun: what is loaded
 * from then on is completed by the events that follow.
 */

import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { follow } from "../api/events.js";
import { apiKey } from "./key.js";

/**
 * @typedef {{ kind: string, job: string, comparisons: string[], data: any }} LiveEvent
 *   `status`, `epoch`, `progress` or `fallback` of a job, the comparisons that contain it, and what
 *   `GET /v1/jobs/{job_id}/events` says of it; or `ready`, of no job
 */

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
  if (!stream) start();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stream?.abort();
    stream = null;
  };
}

function start() {
  const begun = (stream = new AbortController());
  follow("v1/events", tell, { signal: begun.signal, endless: true }).catch(() => {
    if (stream === begun) stream = null; // a refusal, as of a key, which the page shows where it loads
  });
}

effect(() => {
  apiKey.value; // with another key a stream that was refused is tried again
  if (listeners.size > 0 && !stream) start();
});

/** @param {import("../api/events.js").StreamEvent} event */
function tell({ event, data }) {
  const told = { kind: event, job: data.job_id, comparisons: data.comparison_ids ?? [], data };
  for (const listener of listeners) listener(told);
}
