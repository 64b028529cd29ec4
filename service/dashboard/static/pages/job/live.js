/** A job as it moves: what it is, and what has happened to it, from its start and then live. */

import { useEffect, useRef, useState } from "preact/hooks";

import { follow } from "../../api/events.js";
import { useResource } from "../../api/resource.js";
import { useLive } from "../../state/live.js";

/** @typedef {{ kind: string, id: string, data: any }} JobEvent `status`, `epoch` or `fallback`, as its stream tells it */

/** @param {string} status */
export function hasEnded(status) {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}

/**
 * @param {string} name an id, or `latest`
 * @returns {{ job: import("../../api/resource.js").Resource<import("bakeoff-api").JobDocument>, events: JobEvent[] }}
 */
export function useJob(name) {
  const job = useResource(`v1/jobs/${encodeURIComponent(name)}`);
  const id = job.data?.id;
  useLive((event) => {
    if (event.kind === "ready" || (event.kind === "status" && event.job === id)) job.reload();
  });
  const setProgress = (/** @type {any} */ progress) =>
    job.change((/** @type {any} */ before) => ({ ...before, progress, eta_seconds: progress.eta_seconds ?? null }));
  const events = useEvents(id, job.data ? hasEnded(job.data.status) : false, setProgress);
  return { job, events };
}

/**
 * The events of a job. Its stream ends with it, and is opened again where the job is retried.
 *
 * @param {string | undefined} id
 * @param {boolean} ended
 * @param {(progress: any) => void} onProgress
 */
function useEvents(id, ended, onProgress) {
  const seen = useRef(/** @type {JobEvent[]} */ ([]));
  const [, show] = useState(0);
  const of = useRef(id);
  useEffect(() => {
    if (!id) return undefined;
    if (of.current !== id) seen.current = []; // `latest` is another one now
    of.current = id;
    const controller = new AbortController();
    const note = (/** @type {import("../../api/events.js").StreamEvent} */ { event, id: number, data }) => {
      if (event === "progress") onProgress(data);
      if (number === null) return;
      // Another array each time: a component with the same properties as before is not drawn again.
      seen.current = [...seen.current, { kind: event, id: number, data }];
      show(seen.current.length);
    };
    const lastId = seen.current.at(-1)?.id ?? "";
    follow(`v1/jobs/${encodeURIComponent(id)}/events`, note, { signal: controller.signal, lastId }).catch(() => null); // the job's own error is shown
    return () => controller.abort();
  }, [id, ended]);
  return seen.current;
}

/**
 * The metrics of each epoch, from its events: those after a damaged checkpoint are trained again.
 *
 * @param {JobEvent[]} events
 * @returns {any[]}
 */
export function epochsOf(events) {
  const epochs = new Map();
  for (const { kind, data } of events) {
    if (kind === "epoch") epochs.set(data.epoch, data);
    if (kind === "fallback") for (const epoch of epochs.keys()) if (epoch > data.epoch) epochs.delete(epoch);
  }
  return [...epochs.values()].sort((left, right) => left.epoch - right.epoch);
}
