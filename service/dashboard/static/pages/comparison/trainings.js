/** Every training: an architecture a row, a seed a column; and why those failed that did. */

import { percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Empty } from "../../components/notices.js";
import { Status } from "../../components/status.js";
import { link } from "../../router.js";
import { Mark } from "./mark.js";

/** @typedef {import("bakeoff-api").JobDocument} Job */

/** @param {{ view: import("./view.js").View }} props */
export function Trainings({ view: { comparison, shown } }) {
  const { jobs, awaited } = comparison;
  const columns = [...new Map(jobs.map(({ seed, fold }) => [`${seed}.${fold}`, { seed, fold }])).values()].sort(
    (first, second) => first.seed - second.seed || (first.fold ?? 0) - (second.fold ?? 0),
  );
  if (shown.length === 0) return html`<${Empty} title="All architectures are hidden" />`;
  return html`
    <div class="table-frame"><div class="table-scroll" tabindex="0" role="region" aria-label="Trainings">
      <table class="table trainings">
        <thead><tr><th scope="col">Architecture</th>${columns.map(({ seed, fold }) => html`<th key=${`${seed}.${fold}`} scope="col">seed ${seed}${fold && `, fold ${fold}`}</th>`)}</tr></thead>
        <tbody>${shown.map((entry) => html`<tr key=${entry.index}>
          <th scope="row"><span class="cell-label"><${Mark} index=${entry.index} /><bdi>${entry.label}</bdi></span></th>
          ${columns.map(({ seed, fold }) => html`<td key=${`${seed}.${fold}`}><${Cell} job=${jobs.find((job) => isOf(job, entry) && job.seed === seed && job.fold === fold)} label=${entry.label} /></td>`)}
        </tr>`)}</tbody>
      </table>
    </div></div>
    <${Awaited} jobs=${awaited} />
    <${Failed} jobs=${jobs.filter(({ status, error }) => status === "failed" && error)} />
  `;
}

/**
 * @param {Job} job
 * @param {import("./view.js").Entry} entry
 */
export function isOf({ architecture, options }, entry) {
  return architecture === entry.name && JSON.stringify(options) === JSON.stringify(entry.options);
}

/** @param {{ job: Job | undefined, label: string }} props */
function Cell({ job, label }) {
  if (!job) return html`<span class="faint">–</span>`;
  const { status, progress, id, seed } = job;
  const share = status === "running" && progress?.epoch && progress.epochs ? (progress.epoch - 1) / progress.epochs : null;
  const shown = share === null ? status : percent(share, 0);
  const words = `${label}, seed ${seed}: ${shown}`;
  return html`<a class="training" data-status=${status} href=${link(`/jobs/${id}`)} title=${words} aria-label=${words}>
    <${Icon} name=${status} />${shown}
  </a>`;
}

/** @param {{ jobs: Job[] }} props jobs that the trainings wait for */
function Awaited({ jobs }) {
  if (jobs.length === 0) return null;
  return html`<h3 class="below">What they wait for</h3><ul class="panel rows">
    ${jobs.map((job) => html`<li key=${job.id} class="row"><a href=${link(`/jobs/${job.id}`)}>Features of <bdi>${job.architecture}</bdi></a><${Status} status=${job.status} /></li>`)}
  </ul>`;
}

/** @param {{ jobs: Job[] }} props */
function Failed({ jobs }) {
  const reasons = Map.groupBy(jobs, ({ error }) => error ?? "");
  if (reasons.size === 0) return null;
  return html`<h3 class="below">Why trainings failed</h3><ul class="panel rows">
    ${[...reasons].map(
      ([reason, failed]) => html`<li key=${reason} class="stacked"><p class="sentence"><bdi>${reason}</bdi></p>
        <p class="faint facts">${failed.map((job) => html`<a key=${job.id} href=${link(`/jobs/${job.id}`)}><bdi>${job.architecture}</bdi>, seed ${job.seed}</a>`)}</p></li>`,
    )}
  </ul>`;
}
