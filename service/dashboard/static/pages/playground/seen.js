/** What the models get of a drawing or a photo: the pixels themselves, enlarged, for each dataset that they learned from. */

import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../../components/html.js";
import { keyOf } from "./looks.js";

/**
 * @typedef {import("./picture.js").Model} Model
 * @typedef {import("./picture.js").Picture} Picture
 */

/** @param {{ picture: Picture | null, models: Model[] }} props nothing is shown where they get the file as it is */
export function Seen({ picture, models }) {
  const datasets = [...new Map(models.map((model) => [keyOf(model), model])).values()];
  if (!picture) return null;
  return html`<ul class="seen">${datasets.map((model) => html`<${Pixels} key=${keyOf(model)} picture=${picture} model=${model} />`)}</ul>`;
}

/** @param {{ picture: Picture, model: Model }} props */
function Pixels({ picture, model }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const [pixels, setPixels] = useState(/** @type {ImageData | null} */ (null));
  useEffect(() => {
    let isWanted = true;
    picture.pixelsFor(model).then((made) => isWanted && setPixels(made));
    return () => {
      isWanted = false;
    };
  }, [picture, keyOf(model)]);
  useEffect(() => {
    if (pixels) canvas.current?.getContext("2d")?.putImageData(pixels, 0, 0);
  }, [pixels]);
  if (!pixels) return null;
  const { width, height } = pixels;
  return html`<li>
    <canvas ref=${canvas} class="pixels" width=${width} height=${height} role="img" aria-label="The picture as the models get it"></canvas>
    <p class="faint">What models of <bdi>${model.dataset}</bdi> get: ${width} × ${height} pixels</p>
  </li>`;
}
