/** Where a job is: how far, what it waits for, why it failed. */

import { useResource } from "../../api/resource.js";
import { duration } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { describeJob, doneShare } from "../../components/jobs.js";
import { ErrorNotice, Warning } from "../../components/notices.js";
import { Progress } from "../../components/progress.js";
import { Status } from "../../components/status.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";
import { workers } from "../../state/workers.js";
import { whereOf } from "./words.js";

/** @typedef {import("bakeoff-api").JobDocument} Job */

/** @param {{ job: Job }} props */
export function State({ job }) {
  const { status, error } = job;
  return html`<section class="panel job-panel job-state" aria-label="State">
    <p class="job-status"><span role="status"><${Status} status=${status} /></span><span class="faint facts">${times(job)}</span></p>
    ${status === "running" && html`<${Running} job=${job} />`}
    ${status === "queued" && html`<${Waiting} job=${job} />`}
    ${error && html`<${ErrorNotice} error=${new Error(error)} />`}
  </section>`;
}

/** @param {{ job: Job }} props */
function Running({ job: { progress, eta_seconds: seconds } }) {
  return html`<${Progress} value=${doneShare(progress)} label="Progress" />
    <p class="job-progress numbers"><span>${whereOf(progress)}</span>${seconds != null && html`<span>${duration(Math.max(1, seconds))} left</span>`}</p>`;
}

/** @param {{ job: Job }} props */
function Waiting({ job: { depends_on: awaited } }) {
  if (workers.value?.length === 0) return html`<${Warning}>No worker is running, so jobs wait. Start one with <code>bakeoff work</code>.</${Warning}>`;
  return awaited ? html`<${Awaited} id=${awaited} />` : html`<p>It waits for a worker that is free.</p>`;
}

/** The job whose end is waited for. @param {{ id: string }} props */
export function Awaited({ id }) {
  const { data } = useResource(`v1/jobs/${encodeURIComponent(id)}`);
  return html`<p>It waits for <a href=${link(`/jobs/${id}`)}><bdi>${data ? describeJob(data, []).title : id}</bdi></a>${data && html` <${Status} status=${data.status} />`}</p>`;
}

/** @param {Job} job */
function times({ created_at: created, started_at: started, finished_at: finished, attempts }) {
  const seconds = started && finished ? (Date.parse(finished) - Date.parse(started)) / 1000 : null;
  return html`<span>asked for <${Time} at=${created} /></span>
    ${started && html`<span>began <${Time} at=${started} /></span>`}
    ${finished && html`<span>ended <${Time} at=${finished} /></span>`}
    ${seconds !== null && html`<span>took ${duration(seconds)}</span>`}
    ${attempts > 1 && html`<span>attempt ${attempts}</span>`}`;
}
