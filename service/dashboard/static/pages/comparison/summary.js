/** What was compared: note, tags, status, progress, dataset, recipe, seeds. */

import { count, counted, duration } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Warning } from "../../components/notices.js";
import { Progress } from "../../components/progress.js";
import { Status } from "../../components/status.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";
import { workers } from "../../state/workers.js";

/** @typedef {import("./view.js").Comparison} Comparison */

/** @param {{ comparison: Comparison }} props */
export function Summary({ comparison }) {
  const { note, tags, status } = comparison;
  const isUnfinished = status === "queued" || status === "running";
  return html`<div class="summary">
    ${note && html`<p class="summary-note"><bdi>${note}</bdi></p>`}
    ${tags?.length > 0 && html`<${Tags} tags=${tags} />`}
    <div class="panel summary-panel">
      <${State} comparison=${comparison} />
      <${Facts} comparison=${comparison} />
      <${Recipe} recipe=${comparison.recipe} />
    </div>
    ${isUnfinished && workers.value?.length === 0 && html`<${Warning}>No worker is running, so jobs wait. Start one with <code>bakeoff work</code>.</${Warning}>`}
  </div>`;
}

/** @param {{ tags: string[] }} props */
function Tags({ tags }) {
  return html`<ul class="tags" aria-label="Tags">
    ${tags.map((tag) => html`<li key=${tag}><a class="tag" href=${link("/comparisons", { tag })}><bdi>${tag}</bdi></a></li>`)}
  </ul>`;
}

/** @param {{ comparison: Comparison }} props */
function State({ comparison }) {
  const { status, jobs, num_jobs: all, num_ended: ended, name } = comparison;
  const number = (/** @type {string} */ wanted) => jobs.filter((job) => job.status === wanted).length;
  const left = jobs.filter((job) => job.status === "running").map((job) => job.eta_seconds ?? 0);
  const words = [
    ended < all ? `${count(ended)} of ${counted(all, "training")} have ended` : counted(all, "training"),
    ...["running", "queued", "failed", "cancelled"].filter(number).map((wanted) => `${count(number(wanted))} ${wanted}`),
  ];
  return html`<div class="summary-state">
    <${Status} status=${status} />
    <span class="numbers facts">${words.map((text) => html`<span key=${text}>${text}</span>`)}
      ${Math.max(0, ...left) > 0 && html`<span>those running need ${duration(Math.max(...left))} more</span>`}</span>
    ${ended < all && html`<${Progress} value=${ended / all} label=${`Progress of ${name}`} />`}
  </div>`;
}

/** @param {{ comparison: Comparison }} props */
function Facts({ comparison }) {
  const { dataset, seeds, folds, created_at: created, architectures, recipe_hash: hash, jobs } = comparison;
  const content = jobs.find((job) => job.dataset_sha256)?.dataset_sha256;
  const facts = {
    Dataset: html`<a href=${link(`/datasets/${encodeURIComponent(dataset)}`)}><bdi>${dataset}</bdi></a>${content && html` <code title=${`SHA-256 of its content: ${content}`}>${content.slice(0, 8)}</code>`}`,
    Architectures: architectures.length,
    Seeds: seeds.length > 6 ? `${seeds.length}: ${seeds.slice(0, 3).join(", ")}, …, ${seeds.at(-1)}` : seeds.join(", "),
    ...(folds && { Folds: folds }),
    Recipe: html`<code title="Hash of the recipe, printed on every chart">${hash}</code>`,
    Created: html`<${Time} at=${created} />`,
  };
  return html`<dl class="key-facts">
    ${Object.entries(facts).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

/** @param {{ recipe: Record<string, unknown> }} props */
function Recipe({ recipe }) {
  return html`<details class="summary-recipe">
    <summary>Recipe in full</summary>
    <dl class="recipe-fields">
      ${Object.entries(recipe).map(([name, value]) => html`<div key=${name}><dt><code>${name}</code></dt><dd>${typeof value === "string" ? value : JSON.stringify(value)}</dd></div>`)}
    </dl>
  </details>`;
}
