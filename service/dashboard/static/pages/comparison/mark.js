/** The line of an architecture as curves have it: its colour, and its dashes where colours come again. */

import { seriesColour } from "../../components/chart_data.js";
import { html } from "../../components/html.js";

const DASHES = ["", "5 3", "1.5 2.5"];

/** @param {{ index: number }} props its place in the comparison */
export function Mark({ index }) {
  const dashes = DASHES[Math.floor(index / 8) % DASHES.length];
  return html`<svg class="mark" viewBox="0 0 18 4" data-series=${seriesColour(index)} aria-hidden="true">
    <path d="M0 2h18" stroke-dasharray=${dashes} />
  </svg>`;
}
