/** What a card says of an architecture: its layers, its size on the dataset, whether weights of it are published. */

import { short } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Layers } from "./layers.js";

/**
 * @typedef {{ name: string, description: string, num_parameters: number, pretrained: boolean, options: any,
 *   size?: { dataset: string, num_parameters: number, flops: number, stages: import("./layers.js").Stage[] } | null }} Architecture
 */

/**
 * The picture of its layers, or why there is none.
 *
 * @param {{ name: string, dataset: string, architecture: import("../../api/resource.js").Resource<Architecture> }} props
 */
export function Picture({ name, dataset, architecture: { data, error } }) {
  if (error) return html`<p class="request-layers-missing faint sentence"><bdi>${error.message}</bdi></p>`;
  if (data?.size) return html`<${Layers} name=${name} stages=${data.size.stages} />`;
  return html`<p class="request-layers-missing faint">${dataset ? "Counting its layers…" : "Its layers are drawn for a dataset that is here"}</p>`;
}

/**
 * @param {{ parameters: number | null | undefined, flops?: number | null, dataset?: string, pretrained: boolean }} props
 *   without a dataset the numbers are those of the catalogue
 */
export function Facts({ parameters, flops, dataset, pretrained }) {
  const where = dataset ? `on ${dataset}` : "with 10 classes, at the size it was made for";
  return html`<p class="faint facts" title=${where}>
    ${parameters != null && html`<span class="numbers">${short(parameters)} parameters</span>`}
    ${flops != null && html`<span class="numbers">${short(flops)} FLOPs</span>`}
    ${pretrained && html`<span>pretrained weights</span>`}
  </p>`;
}

/** The first sentence of a description. @param {string} description */
export function firstSentence(description) {
  return /^[\s\S]*?(?<!\bal|\be\.g|\bi\.e)[.:](?=\s|$)/.exec(description)?.[0].replace(/:$/, ".").replaceAll("`", "") ?? description;
}
