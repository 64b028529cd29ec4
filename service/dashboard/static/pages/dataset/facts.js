/** What a dataset is: its images, splits, geometry and where it comes from. */

import { count } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";
import { Preparation } from "../../components/preparation.js";

/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

const FITS = /** @type {Record<string, string>} */ ({ crop: "cropped around the centre", pad: "padded with black", stretch: "stretched" });

/** @param {{ dataset: Dataset }} props */
export function Facts({ dataset }) {
  const { sizes, image_shape: shape, geometry, split, sha256, source } = dataset;
  if (!sizes || !shape) return null;
  return html`<${Section} title="About it">
    <dl class="panel fact-list">
      <dt>Images</dt>
      <dd class="numbers">${count(sizes.train + sizes.validation + sizes.test)}</dd>
      <dt>Splits</dt>
      <dd class="numbers">${count(sizes.train)} train, ${count(sizes.validation)} validation, ${count(sizes.test)} test</dd>
      <dt>Size</dt>
      <dd class="numbers">${shape.width} × ${shape.height} pixels, ${shape.channels === 1 ? "grey" : "colour"}</dd>
      ${geometry && html`<dt>Other sizes</dt><dd>are ${FITS[geometry.fit] ?? geometry.fit}${geometry.scale && `; ${geometry.scale[0]} is black, ${geometry.scale[1]} is white`}</dd>`}
      <dt>Split by</dt>
      <dd>${ruleInWords(split ?? "")}</dd>
      ${source && html`<dt>Source</dt><dd><bdi>${source}</bdi></dd>`}
      <dt>SHA-256</dt>
      <dd><code>${sha256}</code></dd>
    </dl>
    <div class="beneath"><${Preparation} of=${dataset} /></div>
  </${Section}>`;
}

/**
 * The rule by which a dataset was split: `stratified-test20-validation10`.
 *
 * @param {string} rule
 */
function ruleInWords(rule) {
  if (rule === "given") return "its source";
  const shares = [...rule.matchAll(/(test|validation)([\d.]+)/g)].map(([, name, share]) => `${share} % of each class for ${name === "test" ? "testing" : "validation"}`);
  return shares.length > 0 ? shares.join(", then ") : rule;
}
