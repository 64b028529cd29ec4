/** The newest comparisons, each with its verdict in one line. */

import { counted, spread } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Progress } from "../../components/progress.js";
import { Status } from "../../components/status.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";
import { useTested } from "./tested.js";
import { isUnfinished } from "./verdict.js";

/** @typedef {import("bakeoff-api").ComparisonSummary} Comparison */

/** @param {{ list: { items: Comparison[], next: string | null } }} props */
export function Recent({ list }) {
  const all = html`<a href=${link("/comparisons")}>All comparisons</a>`;
  return html`<${Section} title="Recent comparisons" aside=${list.items.length > 0 && all}>
    ${list.items.length === 0
      ? html`<${Empty} title="Nothing has been compared yet" />`
      : html`<ul class="panel rows">${list.items.map((comparison) => html`<${Row} key=${comparison.id} comparison=${comparison} />`)}</ul>`}
  </${Section}>`;
}

/** @param {{ comparison: Comparison }} props */
function Row({ comparison }) {
  const { id, name, status, dataset, architectures, seeds, num_jobs, num_ended } = comparison;
  const runs = isUnfinished(comparison);
  return html`<li class="recent">
    <div class="recent-head">
      <a class="recent-name" href=${link(`/comparisons/${id}`)}><bdi>${name}</bdi></a>
      <${Status} status=${status} />
    </div>
    <p class="recent-verdict"><${Verdict} comparison=${comparison} /></p>
    ${status === "running" && html`<${Progress} value=${num_ended / num_jobs} label=${`Progress of ${name}`} />`}
    <p class="faint facts">
      <span><bdi>${dataset}</bdi></span>
      <span>${counted(architectures.length, "architecture")} × ${counted(seeds.length, "seed")}</span>
      ${runs && html`<span class="numbers">${num_ended} of ${counted(num_jobs, "job")}</span>`}
      <${Time} at=${comparison.created_at} />
    </p>
  </li>`;
}

/** @param {{ comparison: Comparison }} props */
function Verdict({ comparison }) {
  const { leader } = comparison;
  const tested = useTested(comparison);
  if (!leader) return html`<span class="faint">${withoutResult(comparison)}</span>`;
  const accuracy = html`<span class="numbers">${spread(leader.test_accuracy, leader.std)}</span>`;
  return html`<strong><bdi>${leader.architecture}</bdi></strong> ${leader.ahead_of ? "leads with" : "reaches"} ${accuracy}${tested && html`<span class="recent-tested">${tested}</span>`}`;
}

/** @param {Comparison} comparison */
function withoutResult({ status }) {
  if (status === "queued") return "Waits for a worker";
  return status === "running" ? "No result yet" : "No training succeeded";
}
