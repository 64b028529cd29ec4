/** Drawing by uPlot, which is loaded only where a chart is drawn. */

import uPlot from "uplot";

import { aligned, seriesColour } from "./chart_data.js";
import { number } from "./formats.js";

const DASHES = [[], [10, 5], [2, 3]]; // the colours again, told apart by dashes

/** Distances between ticks where x counts something, such as epochs: there is no epoch 1.5. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

loadStyles();

/** @typedef {import("./line_chart.js").Range} Range */

/**
 * Draw curves into an element, as wide as it is.
 *
 * @param {HTMLElement} element
 * @param {{ xLabel: string, yLabel: string, curves: import("./line_chart.js").Curve[], log: boolean, height: number,
 *   range: Range | null, onZoom: (range: Range | null) => void }} chart
 */
export function draw(element, { xLabel, yLabel, curves, log, height, range, onZoom }) {
  const colour = (/** @type {string} */ name) => getComputedStyle(element).getPropertyValue(name).trim();
  const line = { stroke: colour("--grid"), width: 1 };
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: colour("--ink-faint"), grid: line, ticks: line, font, labelFont: font };
  /** @type {uPlot.Options} */
  const options = {
    width: element.clientWidth,
    height,
    scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
    legend: { show: false },
    cursor: { drag: { x: true, y: false } },
    axes: [
      { ...axis, label: xLabel, labelSize: 22, incrs: isWhole(curves) ? WHOLE : undefined },
      { ...axis, label: yLabel, labelSize: 22, size: 58, values: (_, values) => values.map(number) },
    ],
    series: [{}, ...curves.flatMap((curve) => seriesOf(curve, colour))],
    bands: curves.flatMap((curve, index) => bandOf(curve, index, colour)),
  };
  const chart = new uPlot(options, /** @type {any} */ (aligned(curves.flatMap(linesOf))), element);
  followZoom(chart, range, onZoom);
  return chart;
}

/**
 * Show a part of x, and tell what the reader chooses from then on.
 *
 * @param {uPlot} chart
 * @param {Range | null} range
 * @param {(range: Range | null) => void} onZoom
 */
function followZoom(chart, range, onZoom) {
  if (range) chart.setScale("x", { min: range[0], max: range[1] });
  chart.hooks.setSelect = [({ select, posToVal }) => select.width > 0 && onZoom([posToVal(select.left, "x"), posToVal(select.left + select.width, "x")])];
  chart.over.addEventListener("dblclick", () => onZoom(null));
}

/**
 * A curve and the two edges of its band.
 *
 * @param {import("./line_chart.js").Curve} curve
 */
function linesOf({ x, y, low = [], high = [] }) {
  return [y, low, high].map((values) => ({ x: values.length ? x : [], y: values }));
}

/**
 * @param {import("./line_chart.js").Curve} curve
 * @param {(name: string) => string} colour
 * @returns {uPlot.Series[]}
 */
function seriesOf(curve, colour) {
  const stroke = colour(`--series-${seriesColour(curve.index)}`);
  const dash = DASHES[Math.floor(curve.index / 8) % DASHES.length];
  const edge = { stroke: "transparent", width: 0, points: { show: false } };
  return [{ label: curve.label, stroke, dash, width: 1.75, spanGaps: true, points: { show: curve.x.length < 2 } }, edge, edge];
}

/**
 * @param {import("./line_chart.js").Curve} curve
 * @param {number} index
 * @param {(name: string) => string} colour
 * @returns {uPlot.Band[]}
 */
function bandOf(curve, index, colour) {
  if (!curve.low || !curve.high) return [];
  return [{ series: [3 * index + 3, 3 * index + 2], fill: `${colour(`--series-${seriesColour(curve.index)}`)}2e` }];
}

/** @param {import("./line_chart.js").Curve[]} curves */
function isWhole(curves) {
  return curves.every(({ x }) => x.every(Number.isInteger));
}

function loadStyles() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "./dashboard/vendor/uplot.css";
  document.head.append(link);
}
