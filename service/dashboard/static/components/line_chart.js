/** Curves over epochs or seconds, each with a band over seeds; dragging zooms, a double click zooms out. */

import { useEffect, useRef } from "preact/hooks";

import { theme } from "../state/theme.js";
import { html } from "./html.js";
import { number } from "./formats.js";
import { aligned, seriesColour } from "./chart_data.js";

/**
 * @typedef {object} Curve
 * @property {string} label
 * @property {number} index its place in the comparison, which is its colour on every chart
 * @property {number[]} x
 * @property {(number | null)[]} y
 * @property {(number | null)[]} [low] of the band
 * @property {(number | null)[]} [high]
 */

/** @typedef {[number, number]} Range from where to where */

const HEIGHT = 260; // pixels

/**
 * @param {{ title: string, xLabel: string, yLabel: string, curves: Curve[], log?: boolean, range?: Range | null,
 *   onZoom?: (range: Range | null) => void }} props `range` is what is shown of x, all of it by default; `onZoom` is told what the
 *   reader has chosen, null for all
 */
export function LineChart({ title, xLabel, yLabel, curves, log = false, range = null, onZoom }) {
  const zoomed = useRef(onZoom);
  zoomed.current = onZoom;
  const frame = useRef(/** @type {HTMLDivElement | null} */ (null));
  const shownTheme = theme.value;
  useEffect(() => {
    const element = /** @type {HTMLDivElement} */ (frame.current);
    let chart = /** @type {import("uplot") | null} */ (null);
    let gone = false;
    const resized = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height: HEIGHT }));
    import("./uplot.js").then(({ draw }) => {
      if (gone) return;
      chart = draw(element, { xLabel, yLabel, curves, log, height: HEIGHT, range, onZoom: (chosen) => zoomed.current?.(chosen) });
      resized.observe(element);
    });
    return () => {
      gone = true;
      resized.disconnect();
      chart?.destroy();
    };
  }, [curves, log, xLabel, yLabel, shownTheme, range?.[0], range?.[1]]);
  return html`<figure class="chart">
    <figcaption>${title}</figcaption>
    <div ref=${frame} class="chart-frame" aria-hidden="true"></div>
    <ul class="legend">
      ${curves.map(
        (curve) => html`<li key=${curve.label} data-series=${seriesColour(curve.index)} data-round=${Math.floor(curve.index / 8) % 3}><bdi>${curve.label}</bdi></li>`,
      )}
    </ul>
    <${Numbers} title=${title} xLabel=${xLabel} curves=${curves} />
  </figure>`;
}

/**
 * The same numbers as a table, for those who cannot see curves and those who want the digits.
 *
 * @param {{ title: string, xLabel: string, curves: Curve[] }} props
 */
function Numbers({ title, xLabel, curves }) {
  const [x, ...columns] = aligned(curves.map(({ x, y }) => ({ x, y })));
  return html`<details class="chart-table">
    <summary>Numbers of “${title}”</summary>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${title}>
      <table class="table">
        <thead><tr><th scope="col" data-numeric>${xLabel}</th>${curves.map((curve) => html`<th scope="col" data-numeric><bdi>${curve.label}</bdi></th>`)}</tr></thead>
        <tbody>${x.map(
          (at, row) => html`<tr key=${at}><th scope="row" data-numeric>${at}</th>${columns.map((values) => html`<td data-numeric>${number(values[row])}</td>`)}</tr>`,
        )}</tbody>
      </table>
    </div>
  </details>`;
}
