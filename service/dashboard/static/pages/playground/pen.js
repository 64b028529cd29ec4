/** How thick the pen is, where the dataset does not say; and whether drawings are centred and scaled as its images are. */

import { html } from "../../components/html.js";

/** @typedef {import("./look.js").Look} Look */

const [THINNEST, THICKEST] = [0.02, 0.2]; // of the width of the drawing area

/** @param {Look} look its pen as a share of the width of the drawing area */
export function standardPen({ pen, width }) {
  return Math.min(THICKEST, Math.max(THINNEST, pen / width));
}

/** @param {{ look: Look, width: number, onWidth: (width: number) => void }} props */
export function PenSettings({ look, width, onWidth }) {
  if (look.isLineArt) return null;
  return html`<label class="pen">Pen
    <input type="range" min=${THINNEST} max=${THICKEST} step="0.01" value=${width} onInput=${(/** @type {any} */ event) => onWidth(Number(event.target.value))} />
  </label>`;
}
