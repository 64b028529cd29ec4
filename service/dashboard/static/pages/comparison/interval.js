/** A 95 % interval as a line with a dot at the mean, on the scale that all rows of a column share. */

import { seriesColour } from "../../components/chart_data.js";
import { html } from "../../components/html.js";

const [WIDTH, HEIGHT, EDGE] = [84, 12, 4];

/** @typedef {{ mean: number | null, low?: number | null, high?: number | null }} Estimate */

/**
 * @param {{ estimate: Estimate, scale: { low: number, high: number }, index: number }} props `index` is the place of the
 *   architecture, which is its colour
 */
export function Interval({ estimate: { mean, low, high }, scale, index }) {
  if (mean == null) return null;
  const x = (/** @type {number} */ value) => EDGE + ((value - scale.low) / (scale.high - scale.low || 1)) * (WIDTH - 2 * EDGE);
  const line = low != null && high != null && `M${x(low).toFixed(1)} 6H${x(high).toFixed(1)}M${x(low).toFixed(1)} 3v6M${x(high).toFixed(1)} 3v6`;
  return html`<svg class="interval" viewBox="0 0 ${WIDTH} ${HEIGHT}" data-series=${seriesColour(index)} aria-hidden="true">
    ${line && html`<path d=${line} />`}<circle cx=${x(mean)} cy="6" r="3" />
  </svg>`;
}

/**
 * From the lowest end of all intervals to the highest.
 *
 * @param {Estimate[]} estimates
 */
export function scaleOf(estimates) {
  const ends = estimates.flatMap(({ mean, low, high }) => [mean, low, high]).filter((value) => value != null);
  return { low: Math.min(...ends), high: Math.max(...ends) };
}
