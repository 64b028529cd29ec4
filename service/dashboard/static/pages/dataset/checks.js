/** What checks have found in the images and labels of a dataset, worst first, with the images behind it. */

import { Action } from "../../components/action.js";
import { Download } from "../../components/download.js";
import { FollowedJob } from "../../components/followed_job.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Empty, ErrorNotice, Loading } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Time } from "../../components/time.js";
import { Groups } from "./groups.js";

/** @typedef {import("bakeoff-api").FindingDocument} Finding */
/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

const LEVELS = ["warning", "notice", "ok", "skipped"]; // worst first
const ICONS = /** @type {Record<string, string>} */ ({ warning: "warning", notice: "search", ok: "succeeded", skipped: "cancelled" });

/** @param {{ checks: import("./use_checks.js").CheckState, dataset: Dataset }} props */
export function Checks({ checks, dataset }) {
  const { found, error, loading, job, start, ended } = checks;
  const again = !job && found && html`checked <${Time} at=${found.checked_at} />`;
  return html`<${Section} title="Checks" aside=${again}>
    ${job && html`<div class="panel padded beneath-it"><${FollowedJob} key=${job} id=${job} title="Looking for leaks, duplicates and label errors" onEnd=${ended} /></div>`}
    <${ErrorNotice} error=${error} />
    ${loading && !found && html`<${Loading} />`}
    ${!loading && !found && !error && !job && html`<${Unchecked} start=${start} />`}
    ${found && html`<${Findings} findings=${found.findings} dataset=${dataset} />`}
    ${found && !job && html`<p class="beneath"><${Action} run=${start}>Check again</${Action}> <span class="faint">After a training, labels are checked by what the networks say.</span></p>`}
  </${Section}>`;
}

/** @param {{ start: () => Promise<void> }} props */
function Unchecked({ start }) {
  return html`<${Empty} title="It has not been checked as it is now">
    <p>A job looks for leaks between splits, duplicates, small classes and probable label errors.</p>
    <${Action} kind="primary" run=${start}>Check it</${Action}>
  </${Empty}>`;
}

/** @param {{ findings: Finding[], dataset: Dataset }} props */
function Findings({ findings, dataset }) {
  const sorted = findings.toSorted((left, right) => LEVELS.indexOf(left.level) - LEVELS.indexOf(right.level));
  return html`<ul class="panel rows">${sorted.map((finding) => html`<${Found} key=${finding.check} finding=${finding} dataset=${dataset} />`)}</ul>`;
}

/** @param {{ finding: Finding, dataset: Dataset }} props */
function Found({ finding: { check, title, level, sentence, groups }, dataset }) {
  return html`<li class="finding" data-level=${level}>
    <${Icon} name=${ICONS[level]} label=${level} />
    <div>
      <h3>${title}</h3>
      <p class="sentence"><bdi>${sentence}</bdi></p>
      ${groups.length > 0 && html`<details>
        <summary>Show the images</summary>
        <${Groups} groups=${groups} dataset=${dataset} />
        <${Download} path=${`v1/datasets/${dataset.name}/checks/${check}.png`}>Contact sheet</${Download}>
      </details>`}
    </div>
  </li>`;
}
