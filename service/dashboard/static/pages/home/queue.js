/** The jobs that wait, by what they belong to: a thousand jobs are a few lines. */

import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";
import { describeJob } from "../../components/jobs.js";

/** @typedef {import("bakeoff-api").JobDocument} Job */

/**
 * @param {{ list: { items: Job[], next: string | null }, comparisons: import("bakeoff-api").ComparisonSummary[] }} props
 */
export function Queue({ list, comparisons }) {
  if (list.items.length === 0) return null;
  const groups = Map.groupBy(list.items.toReversed(), (job) => job.comparison_id ?? job.id);
  return html`<${Section} title="Waiting" aside=${`${list.items.length}${list.next ? " and more" : ""}`}>
    <ul class="panel rows">
      ${[...groups].map(([id, jobs]) => html`<${Group} key=${id} jobs=${jobs} comparisons=${comparisons} />`)}
    </ul>
  </${Section}>`;
}

/** @param {{ jobs: Job[], comparisons: import("bakeoff-api").ComparisonSummary[] }} props */
function Group({ jobs, comparisons }) {
  const [first] = jobs;
  const { title, within } = describeJob(first, comparisons);
  const address = first.comparison_id ? `/comparisons/${first.comparison_id}` : `/jobs/${first.id}`;
  return html`<li class="row">
    <a href=${link(address)}><bdi>${first.comparison_id ? within : title}</bdi></a>
    <span class="faint numbers">${counted(jobs.length, "job")}</span>
    <span class="faint">since <${Time} at=${first.created_at} /></span>
  </li>`;
}
