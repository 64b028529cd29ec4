/** The files of a model, or why it lacks one. */

import { Download } from "../../components/download.js";
import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";

/** @param {{ model: import("bakeoff-api").ModelDocument }} props */
export function Downloads({ model: { id, onnx, quantised_from: original } }) {
  const graph = onnx && !onnx.error;
  return html`<${Section} title="Downloads">
    <ul class="panel rows">
      <li class="download"><p><strong>Bundle</strong><span class="faint">a zip with the graph, its preprocessing, a script that predicts, and a model card</span></p>
        ${graph && html`<${Download} path=${`v1/models/${id}/bundle`}>Bundle</${Download}>`}</li>
      <li class="download"><p><strong>ONNX</strong><span class="faint">${graph ? parity(onnx) : `There is none: ${onnx?.error ?? "it was not made"}`}</span></p>
        ${graph && html`<${Download} path=${`v1/models/${id}/onnx`}>ONNX</${Download}>`}</li>
      <li class="download"><p><strong>Weights</strong><span class="faint">${original ? "An int8 model is a graph alone; its original has weights" : "safetensors, under the names of the network's state_dict"}</span></p>
        ${!original && html`<${Download} path=${`v1/models/${id}/weights`}>Weights</${Download}>`}</li>
    </ul>
  </${Section}>`;
}

/** @param {import("bakeoff-api").OnnxDocument} onnx */
function parity({ parity: compared }) {
  if (!compared) return "images in, probabilities out";
  return `images in, probabilities out; on ${compared.images} test images they differ from torch's by ${compared.max_probability_difference.toExponential(1)} at most`;
}
