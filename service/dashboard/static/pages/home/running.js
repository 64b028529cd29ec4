/** The jobs that run now, one a row: how far each is, and its loss as it falls. */

import { useEffect, useState } from "preact/hooks";

import { getJson } from "../../api/client.js";
import { duration, number } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Progress } from "../../components/progress.js";
import { Sparkline } from "../../components/sparkline.js";
import { link } from "../../router.js";
import { describeJob, doneShare } from "../../components/jobs.js";

/** @typedef {import("bakeoff-api").JobDocument} Job */
/** @typedef {import("bakeoff-api").ComparisonSummary} Comparison */

/** @param {{ jobs: Job[], comparisons: Comparison[] }} props */
export function Running({ jobs, comparisons }) {
  return html`<${Section} title="Running" aside=${html`<a href=${link("/jobs")}>All jobs</a>`}>
    ${jobs.length === 0
      ? html`<${Empty} title="Nothing runs now" />`
      : html`<ul class="panel rows">${jobs.map((job) => html`<${RunningJob} key=${job.id} job=${job} comparisons=${comparisons} />`)}</ul>`}
  </${Section}>`;
}

/** @param {{ job: Job, comparisons: Comparison[] }} props */
function RunningJob({ job, comparisons }) {
  const name = describeJob(job, comparisons);
  const losses = useLosses(job);
  const { progress } = job;
  return html`<li class="running">
    <div class="running-name">
      <a href=${link(`/jobs/${job.id}`)}><bdi>${name.title}</bdi></a>
      <p class="faint"><bdi>${name.within}</bdi></p>
    </div>
    <div class="running-curve">${job.kind === "train" && html`<${Sparkline} values=${losses} label="Loss" />`}</div>
    <div class="running-progress">
      <${Progress} value=${doneShare(progress)} label=${`Progress of ${name.title}`} />
      <p class="faint numbers"><span>${where(progress)}</span><span>${left(job)}</span></p>
    </div>
  </li>`;
}

/**
 * The losses of a training: those of the epochs that have ended, asked for once, then those that its progress tells.
 *
 * @param {Job} job
 */
function useLosses(job) {
  const [losses, setLosses] = useState(/** @type {(number | null)[]} */ ([]));
  const loss = job.progress?.loss;
  useEffect(() => {
    if (job.kind !== "train") return undefined;
    const controller = new AbortController();
    getJson(`v1/jobs/${job.id}/metrics`, { signal: controller.signal }).then(
      ({ epochs }) => setLosses((live) => [...epochs.map((/** @type {any} */ epoch) => epoch.train_loss), ...live]),
      () => null, // the curve then begins now
    );
    return () => controller.abort();
  }, [job.id]);
  useEffect(() => {
    if (loss != null) setLosses((before) => [...before, loss].slice(-1000));
  }, [loss]);
  return losses;
}

/** @param {Job["progress"]} progress */
function where(progress) {
  if (!progress) return "starts";
  const parts = [progress.epoch && progress.epochs ? `epoch ${progress.epoch} of ${progress.epochs}` : progress.phase];
  if (progress.loss != null) parts.push(`loss ${number(progress.loss)}`);
  return parts.join(" · ");
}

/** @param {Job} job */
function left({ eta_seconds: seconds }) {
  return seconds == null ? "" : `${duration(Math.max(1, seconds))} left`;
}
