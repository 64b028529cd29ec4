/** How good a model is, with the interval that so many test images leave, and how large it is. */

import { bytes, count, percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { wilson } from "./wilson.js";

/** @typedef {import("bakeoff-api").ModelDocument} Model */
/** @typedef {import("bakeoff-api").JobDocument} Job */

/** @param {{ model: Model, job: Job | undefined }} props the job that made it, once it is loaded */
export function Score({ model, job }) {
  const images = testImages(job);
  const [low, high] = images ? wilson(model.test_accuracy, images) : [null, null];
  return html`<dl class="panel figures">
    <div><dt>Test accuracy</dt><dd class="figure">${percent(model.test_accuracy, 2)}</dd>
      <dd class="faint">${low !== null && `95 % interval ${percent(low)} to ${percent(high)}, of ${count(images)} images${model.fold ? ` in fold ${model.fold} of ${model.folds}` : ""}`}</dd></div>
    <div><dt>Validation accuracy</dt><dd class="figure">${percent(model.validation_accuracy, 2)}</dd><dd class="faint">chose its epoch</dd></div>
    <div><dt>Parameters</dt><dd class="figure">${count(model.num_parameters)}</dd><dd class="faint">${bytes(model.weights_bytes)} in float32</dd></div>
    ${model.onnx?.bytes && html`<div><dt>Graph</dt><dd class="figure">${bytes(model.onnx.bytes)}</dd><dd class="faint">${model.quantised_from ? "int8 " : ""}ONNX, opset ${model.onnx.opset}</dd></div>`}
  </dl>`;
}

/**
 * The images that tested the model, as the job that made it says; null where it does not.
 *
 * @param {Job | undefined} job
 * @returns {number | null}
 */
function testImages(job) {
  const result = /** @type {any} */ (job?.result);
  if (result?.right) return Object.values(result.right).reduce((sum, number) => sum + Number(number), 0);
  return result?.test?.images ?? null;
}
