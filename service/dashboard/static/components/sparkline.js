/** A curve as small as a word, scaled to its own range. */

import { number } from "./formats.js";
import { html } from "./html.js";

const [WIDTH, HEIGHT, EDGE] = [120, 28, 2];
const MOST_POINTS = 240; // two for each unit of the width

/**
 * @param {{ values: (number | null)[], label: string }} props null where a number is not known; the label says of what
 */
export function Sparkline({ values, label }) {
  const known = values.filter((value) => value !== null && Number.isFinite(value));
  const last = known.at(-1);
  const words = last === undefined ? `${label}: nothing yet` : `${label}: ${number(known[0])} at first, ${number(last)} now`;
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${words}>
    <path d=${path(thinned(known))} />
  </svg>`;
}

/** @param {(number | null)[]} values */
function path(values) {
  if (values.length < 2) return "";
  const numbers = /** @type {number[]} */ (values);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const x = (/** @type {number} */ index) => (index / (values.length - 1)) * WIDTH;
  const y = (/** @type {number} */ value) => EDGE + (1 - (value - low) / (high - low || 1)) * (HEIGHT - 2 * EDGE);
  return numbers.map((value, index) => `${index ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join("");
}

/** @param {(number | null)[]} values */
function thinned(values) {
  const step = Math.ceil(values.length / MOST_POINTS);
  return step <= 1 ? values : values.filter((_, index) => index % step === 0 || index === values.length - 1);
}
