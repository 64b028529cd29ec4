/** Where a model comes from: data, training, comparison, recipe, pretrained weights. */

import { useResource } from "../../api/resource.js";
import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";
import { link } from "../../router.js";

/** @typedef {import("bakeoff-api").ModelDocument} Model */

const MOST = 5; // comparisons that are named, the newest

/** @param {{ model: Model }} props */
export function Lineage({ model }) {
  const { quantised_from: original, pretrained, options, image_shape: shape, classes, comparisons: compared } = model;
  return html`<${Section} title="Lineage">
    <dl class="panel fact-list">
      <dt>Dataset</dt>
      <dd><a href=${link(`/datasets/${model.dataset}`)}><bdi>${model.dataset}</bdi></a><${Content} model=${model} /></dd>
      <dt>Its SHA-256</dt>
      <dd><code>${model.dataset_sha256}</code></dd>
      <dt>Images</dt>
      <dd class="numbers">${shape.width} × ${shape.height}, ${shape.channels === 1 ? "grey" : "colour"}, ${classes.length} classes</dd>
      <dt>Architecture</dt>
      <dd><bdi>${model.architecture}</bdi>${Object.keys(options).length > 0 && html` <code class="options">${JSON.stringify(options)}</code>`}</dd>
      <dt>Recipe</dt>
      <dd><code>${model.recipe_hash}</code>, seed ${model.seed}${model.fold && `, fold ${model.fold} of ${model.folds}`}${model.test_flips && ", with mirror images"}</dd>
      <dt>${original ? "Made by" : "Training"}</dt>
      <dd><a href=${link(`/jobs/${model.job_id}`)}>job <code>${model.job_id}</code></a></dd>
      ${compared.length > 0 && html`<dt>${compared.length === 1 ? "Comparison" : "Comparisons"}</dt><dd>${compared.slice(-MOST).map((id) => html`<${Comparison} key=${id} id=${id} />`)}</dd>`}
      ${original && html`<dt>Quantised from</dt><dd><a href=${link(`/models/${original}`)}><code>${original}</code></a></dd>`}
      ${pretrained && html`<dt>Started from</dt><dd><${Pretrained} weights=${pretrained} /></dd>`}
      <dt>Weights</dt>
      <dd><code>${model.weights_sha256}</code></dd>
    </dl>
  </${Section}>`;
}

/** @param {{ model: Model }} props whether the dataset is still what the model was trained on */
function Content({ model: { dataset, dataset_sha256: sha256, dataset_split: split } }) {
  const now = useResource(`v1/datasets/${dataset}`);
  if (now.error) return html` <span class="faint">(no longer there)</span>`;
  if (!now.data?.sha256) return null;
  return html` <span class="faint">${now.data.sha256 === sha256 && now.data.split === split ? "(as it is now)" : "(replaced since)"}</span>`;
}

/** @param {{ id: string }} props */
function Comparison({ id }) {
  const found = useResource(`v1/comparisons?search=${id}&limit=1`); // without its jobs and its leaderboard
  return html`<a class="lineage-comparison" href=${link(`/comparisons/${id}`)}><bdi>${found.data?.items[0]?.name ?? id}</bdi></a>`;
}

/** @param {{ weights: NonNullable<Model["pretrained"]> }} props */
function Pretrained({ weights: { name, source, licence, sha256 } }) {
  return html`<bdi>${name}</bdi>, from <bdi>${source}</bdi>${licence && html`, licence <bdi>${licence}</bdi>`}<br /><code>${sha256}</code>`;
}
