/** What a network starts from: random numbers, or pretrained weights, of which all or the head alone is trained. */

import { useId } from "preact/hooks";

import { html } from "../../components/html.js";

/** @typedef {"random weights" | "pretrained, all trained" | "pretrained, head trained"} Beginning */

/** @type {Beginning[]} */
const BEGINNINGS = ["random weights", "pretrained, all trained", "pretrained, head trained"];
/** The options that only a pretrained network has. */
const FOR_PRETRAINED = ["pretrained", "train", "hidden_units", "backbone_rate", "layer_decay", "batch_norm_statistics", "resolution"];

/**
 * @param {{ name: string, options: Record<string, unknown>, onChange: (options: Record<string, unknown>) => void }} props
 */
export function Start({ name, options, onChange }) {
  const group = useId();
  return html`<fieldset class="request-start">
    <legend class="visually-hidden">What <bdi>${name}</bdi> starts from</legend>
    ${BEGINNINGS.map(
      (beginning) => html`<label key=${beginning}><input type="radio" name=${group} checked=${startOf(options) === beginning}
        onChange=${() => onChange(begunFrom(beginning, options))} />${beginning}</label>`,
    )}
    ${startOf(options) === "pretrained, head trained" && html`<p class="faint">Trained on features of the images as they are: augmentation and test-time flips of the recipe do not apply.</p>`}
  </fieldset>`;
}

/**
 * @param {Record<string, unknown>} options
 * @returns {Beginning}
 */
export function startOf({ pretrained, train }) {
  if (!pretrained) return "random weights";
  return train === "head" ? "pretrained, head trained" : "pretrained, all trained";
}

/**
 * @param {Beginning} beginning
 * @param {Record<string, unknown>} options
 */
function begunFrom(beginning, options) {
  const others = Object.fromEntries(Object.entries(options).filter(([name]) => !FOR_PRETRAINED.includes(name)));
  if (beginning === "random weights") return others;
  const { train: _, ...kept } = options;
  const pretrained = options.pretrained || true; // a tag that was chosen stays
  return beginning === "pretrained, all trained" ? { ...kept, pretrained } : { ...kept, pretrained, train: "head" };
}
