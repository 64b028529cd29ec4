/** A job that the page has started: how far it is, and what came of it. */

import { useEffect } from "preact/hooks";

import { sendJson } from "../api/client.js";
import { useResource } from "../api/resource.js";
import { link } from "../router.js";
import { useLive } from "../state/live.js";
import { workers } from "../state/workers.js";
import { Action } from "./action.js";
import { count, duration } from "./formats.js";
import { html } from "./html.js";
import { ErrorNotice, Warning } from "./notices.js";
import { Progress } from "./progress.js";
import { Status } from "./status.js";

/** @typedef {import("bakeoff-api").JobDocument} Job */

/**
 * @param {{ id: string, title: import("./html.js").Children, onEnd?: (job: Job) => void }} props `onEnd` is called once
 */
export function FollowedJob({ id, title, onEnd }) {
  const { job, reload } = useJob(id);
  const ended = Boolean(job.data?.finished_at);
  useEffect(() => {
    if (ended) onEnd?.(job.data);
  }, [ended]);
  if (!job.data) return html`<div class="followed"><p>${title}</p><${ErrorNotice} error=${job.error} retry=${reload} /></div>`;
  const { status, error, progress } = job.data;
  return html`<div class="followed">
    <div class="followed-head">
      <p>${title}</p>
      <a href=${link(`/jobs/${id}`)} aria-label=${`Job, ${status}`}><${Status} status=${status} /></a>
      ${ended
        ? status !== "succeeded" && html`<${Act} id=${id} verb="retry" reload=${reload}>Retry</${Act}>`
        : html`<${Act} id=${id} verb="cancel" reload=${reload}>Cancel</${Act}>`}
    </div>
    ${status === "running" && html`<${Progress} value=${share(progress)} label="Progress of the job" />
      <p class="faint numbers">${where(progress)}</p>`}
    ${status === "queued" && workers.value?.length === 0 && html`<${Warning}>No worker is running, so it waits. Start one with <code>bakeoff work</code>.</${Warning}>`}
    ${status === "failed" && html`<${ErrorNotice} error=${new Error(error ?? "it failed")} />`}
  </div>`;
}

/**
 * A job as it is now.
 *
 * @param {string} id
 */
function useJob(id) {
  const job = useResource(`v1/jobs/${id}`);
  useLive(({ kind, job: of, data }) => {
    if (kind === "ready" || (kind === "status" && of === id)) job.reload();
    if (kind === "progress" && of === id) job.change((shown) => ({ ...shown, progress: data }));
  });
  return { job, reload: job.reload };
}

/** @param {{ id: string, verb: string, reload: () => Promise<void>, children: import("./html.js").Children }} props */
function Act({ id, verb, reload, children }) {
  const run = async () => {
    await sendJson("POST", `v1/jobs/${id}/${verb}`);
    await reload();
  };
  return html`<${Action} run=${run}>${children}</${Action}>`;
}

/** @param {Job["progress"]} progress the share that is done, from 0 to 1 */
function share(progress) {
  const { done = null, total, step = null, steps } = progress ?? {};
  if (done !== null && total) return done / total;
  return step !== null && steps ? step / steps : null;
}

/** @param {Job["progress"]} progress */
function where(progress) {
  if (!progress) return "starts";
  const { phase, done, total, eta_seconds: seconds } = progress;
  const parts = [phase, total ? `${count(done)} of ${count(total)} images` : "", seconds == null ? "" : `${duration(Math.max(1, seconds))} left`];
  return parts.filter(Boolean).join(" · ");
}
