/** What a job was asked to do, with what, and where it belongs. */

import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";
import { link } from "../../router.js";
import { Facts, Values } from "./facts.js";

/** @param {{ job: import("bakeoff-api").JobDocument }} props */
export function Details({ job }) {
  const hasOptions = Object.keys(job.options).length > 0;
  return html`<${Section} title="What it was asked to do"><div class="panel job-panel job-values">
    <${Facts} facts=${belongs(job)} />
    ${hasOptions && html`<div class="job-values-part"><h3>Options</h3><${Values} values=${job.options} /></div>`}
    ${job.recipe && html`<div class="job-values-part"><h3>Recipe</h3><${Values} values=${job.recipe} /></div>`}
  </div></${Section}>`;
}

/**
 * @param {import("bakeoff-api").JobDocument} job
 * @returns {[string, import("../../components/html.js").Children][]}
 */
function belongs(job) {
  const { kind, dataset, architecture, comparison_id: comparison, model_id: model, depends_on: awaited } = job;
  const to = (/** @type {string} */ path, /** @type {string} */ text) => html`<a href=${link(path)}>${text}</a>`;
  return [
    ["Dataset", to(`/datasets/${encodeURIComponent(dataset)}`, dataset)],
    ["Comparison", comparison && to(`/comparisons/${comparison}`, comparison)],
    ["Model", model && to(`/models/${model}`, model)],
    ["Waited for", awaited && to(`/jobs/${awaited}`, awaited)],
    ["Architecture", architecture],
    ["Seed", kind === "train" ? String(job.seed) : null],
    ["Fold", job.fold ? `${job.fold} of ${job.folds}` : null],
    ["Split", job.dataset_split],
    ["Content of the dataset", job.dataset_sha256?.slice(0, 12)],
    ["Recipe hash", job.recipe_hash],
    ["Not applied of the recipe", job.not_applied.join(", ")],
    ["Priority", job.priority ? String(job.priority) : null],
    ["Kind", kind],
    ["Job", job.id],
  ];
}
