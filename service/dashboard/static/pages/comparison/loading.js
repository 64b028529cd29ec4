/** What the page loads, and how it follows the trainings: nothing is asked for more often than it can be read. */

import { useEffect, useRef, useState } from "preact/hooks";

import { useResource } from "../../api/resource.js";
import { useAtMost } from "../../state/at_most.js";
import { useLive } from "../../state/live.js";

/** @typedef {import("bakeoff-api").ComparisonDocument} Comparison */

const PAUSE = 1500; // milliseconds between two changes of what is shown

/**
 * A comparison, followed live; `epochs` counts what its trainings have told, so that curves are loaded again.
 *
 * @param {string} id or `latest`
 */
export function useComparison(id) {
  const { data, error, reload, change } = useResource(`v1/comparisons/${encodeURIComponent(id)}`);
  const [epochs, setEpochs] = useState(0);
  const told = useRef({ progress: /** @type {Map<string, any>} */ (new Map()), epochs: 0 });
  const reloadSoon = useAtMost(reload, PAUSE);
  const showSoon = useAtMost(async () => {
    const { progress } = told.current;
    told.current.progress = new Map();
    if (progress.size > 0) change((/** @type {Comparison} */ comparison) => withProgress(comparison, progress));
    setEpochs(told.current.epochs);
  }, PAUSE);
  useLive((event) => {
    if (event.kind === "ready") return reloadSoon();
    if (!data || !event.comparisons.includes(data.id)) return undefined;
    if (event.kind === "status") return reloadSoon();
    if (event.kind === "progress") told.current.progress.set(event.job, event.data);
    if (event.kind === "epoch") told.current.epochs += 1;
    return showSoon();
  });
  return { data: /** @type {Comparison | undefined} */ (data), error, reload, epochs };
}

/**
 * The JSON at a path, loaded again when `version` changes; null loads nothing.
 *
 * @param {string | null} path
 * @param {string | number} version
 */
export function useVersioned(path, version) {
  const resource = useResource(path);
  const loaded = useRef({ path, version });
  const reloadSoon = useAtMost(resource.reload, PAUSE);
  useEffect(() => {
    const before = loaded.current;
    loaded.current = { path, version };
    if (before.path === path && before.version !== version) reloadSoon();
  }, [path, version]);
  return resource;
}

/**
 * @param {Comparison} comparison
 * @param {Map<string, import("bakeoff-api").JobProgress>} progress by the id of a job
 * @returns {Comparison}
 */
function withProgress(comparison, progress) {
  const jobs = comparison.jobs.map((job) => {
    const found = progress.get(job.id);
    return found ? { ...job, progress: found, eta_seconds: found.eta_seconds ?? null } : job;
  });
  return { ...comparison, jobs };
}
