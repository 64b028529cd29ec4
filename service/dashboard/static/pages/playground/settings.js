/** How a picture reaches the models, where the reader can say so: the width of the pen, and whether a photo is adapted. */

import { html } from "../../components/html.js";
import { changeQuery } from "../../router.js";

/**
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./picture.js").Source} Source
 */

const [THINNEST, THICKEST] = [0.02, 0.2]; // of the width of the drawing area

/** @param {Look} look its pen as a share of the width of the drawing area */
export function standardPen({ pen, width }) {
  return Math.min(THICKEST, Math.max(THINNEST, pen / width));
}

/** @param {{ width: number, onWidth: (width: number) => void }} props */
export function PenWidth({ width, onWidth }) {
  const change = (/** @type {any} */ event) => onWidth(Number(event.target.value));
  return html`<label class="pen">Pen<input type="range" min=${THINNEST} max=${THICKEST} step="0.01" value=${width} onInput=${change} /></label>`;
}

/**
 * Whether the figure in a picture is made to look as the dataset shows it: what the camera sees is, a file is not, unless
 * the address says otherwise.
 *
 * @param {Source} source
 * @param {Record<string, string>} query
 */
export function isAdapted(source, { adapt }) {
  return adapt ? adapt === "yes" : source === "camera";
}

/** @param {{ source: Source, query: Record<string, string> }} props */
export function Adapt({ source, query }) {
  const adapted = isAdapted(source, query);
  const change = () => changeQuery({ adapt: adapted ? "no" : "yes" });
  return html`<label class="adapt"><input type="checkbox" checked=${adapted} onChange=${change} /> Find the figure, and show it as the dataset does</label>`;
}
