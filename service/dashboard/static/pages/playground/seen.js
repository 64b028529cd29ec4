/** What the models get of a drawing: the pixels themselves, enlarged, for each dataset that they were trained on. */

import { useEffect, useRef } from "preact/hooks";

import { html } from "../../components/html.js";
import { keyOf } from "./looks.js";
import { drawn } from "./picture.js";

/**
 * @typedef {import("./picture.js").Model} Model
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./strokes.js").Stroke} Stroke
 */

/** @param {{ strokes: Stroke[], models: Model[], lookFor: (model: Model) => Look, pen: number }} props */
export function Seen({ strokes, models, lookFor, pen }) {
  if (strokes.length === 0) return null;
  const datasets = [...new Map(models.map((model) => [keyOf(model), model])).values()];
  return html`<ul class="seen">
    ${datasets.map(
      (model) => html`<li key=${keyOf(model)}>
        <${Pixels} strokes=${strokes} look=${lookFor(model)} pen=${pen} />
        <p class="faint">What models of <bdi>${model.dataset}</bdi> get: ${model.image_shape.width} × ${model.image_shape.height} pixels</p>
      </li>`,
    )}
  </ul>`;
}

/** @param {{ strokes: Stroke[], look: Look, pen: number }} props */
function Pixels({ strokes, look, pen }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => canvas.current?.getContext("2d")?.putImageData(drawn(strokes, look, pen), 0, 0), [strokes, look, pen]);
  return html`<canvas ref=${canvas} class="pixels" width=${look.width} height=${look.height} role="img" aria-label="The drawing as the models get it"></canvas>`;
}
