/** Curves as an SVG file, in the colours of the page: what is drawn is what is shown, with its zoom, smoothing and scale. */

import { render } from "preact";

import { seriesColour } from "../../components/chart_data.js";
import { number } from "../../components/formats.js";
import { html } from "../../components/html.js";

/** @typedef {import("../../components/line_chart.js").Curve} Curve */
/** @typedef {(value: number) => number} Scale from a value to pixels */

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [900, 420, 70, 40, 220, 50];
const END = WIDTH - RIGHT; // of the x axis
const LINE = 18; // pixels between two entries of the legend
const DASHES = ["", "10 5", "2 3"];

/**
 * @param {{ xLabel: string, yLabel: string, curves: Curve[], log: boolean, range: [number, number] | null }} chart
 * @returns {string}
 */
export function curvesAsSvg(chart) {
  const frame = document.createElement("div");
  render(html`<${Drawing} ...${chart} />`, frame);
  return new XMLSerializer().serializeToString(/** @type {Element} */ (frame.firstElementChild));
}

/** @param {{ xLabel: string, yLabel: string, curves: Curve[], log: boolean, range: [number, number] | null }} props */
function Drawing({ xLabel, yLabel, curves, log, range }) {
  const [ink, faint] = [colour("ink"), colour("ink-faint")];
  const height = Math.max(HEIGHT, TOP + LINE * curves.length + BOTTOM);
  const visible = curves.map((curve) => within(curve, range));
  const x = scale(range ?? ends(curves.flatMap((curve) => curve.x)), [LEFT, END], false);
  const y = scale(ends(visible.flatMap(({ y: values, low = [], high = [] }) => [...values, ...low, ...high])), [height - BOTTOM, TOP], log);
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" width=${WIDTH} height=${height} font-family="sans-serif" font-size="12">
    <rect width="100%" height="100%" fill=${colour("surface")} />
    <text x=${LEFT} y=${TOP - 16} fill=${ink} font-weight="600">${yLabel}</text>
    <text x=${(LEFT + END) / 2} y=${height - 12} fill=${faint} text-anchor="middle">${xLabel}</text>
    ${y.ticks.map((tick) => html`<path d="M${LEFT} ${y.at(tick)}H${END}" stroke=${colour("grid")} /><text x=${LEFT - 8} y=${y.at(tick) + 4} fill=${faint} text-anchor="end">${number(tick)}</text>`)}
    ${x.ticks.map((tick) => html`<text x=${x.at(tick)} y=${height - BOTTOM + 18} fill=${faint} text-anchor="middle">${number(tick)}</text>`)}
    ${visible.map((curve, row) => html`<${Line} curve=${curve} top=${TOP + LINE * row} x=${x.at} y=${y.at} />`)}
  </svg>`;
}

/**
 * A curve, its band, and its entry in the legend.
 *
 * @param {{ curve: Curve, top: number, x: Scale, y: Scale }} props
 */
function Line({ curve: { label, index, x: xs, y: ys, low, high }, top, x, y }) {
  const stroke = colour(`series-${seriesColour(index)}`);
  const dashes = DASHES[Math.floor(index / 8) % DASHES.length];
  const points = (/** @type {(number | null)[]} */ values) =>
    values.flatMap((value, at) => (value === null ? [] : [`${x(xs[at]).toFixed(1)} ${y(value).toFixed(1)}`]));
  const band = low && high ? [...points(high), ...points(low).reverse()] : [];
  return html`
    ${band.length > 0 && html`<path d="M${band.join("L")}Z" fill=${stroke} fill-opacity="0.18" />`}
    <g fill="none" stroke=${stroke} stroke-width="1.75" stroke-dasharray=${dashes}><path d="M${points(ys).join("L")}" /><path d="M${END + 16} ${top}h24" /></g>
    <text x=${END + 48} y=${top + 4} fill=${colour("ink")}>${label}</text>
  `;
}

/** @param {string} name of a token */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/**
 * Where values lie, and some round ones.
 *
 * @param {[number, number]} values the ends
 * @param {[number, number]} pixels
 * @param {boolean} log
 */
function scale([low, high], pixels, log) {
  const turned = log ? Math.log10 : (/** @type {number} */ value) => value;
  const [from, to] = [turned(low), turned(high)];
  const wide = log ? 1 : stepOf(to - from);
  const first = Math.ceil(from / wide) * wide;
  const ticks = Array.from({ length: Math.max(0, Math.floor((to - first) / wide + 1e-9) + 1) }, (_, at) => first + at * wide);
  return {
    at: (/** @type {number} */ value) => pixels[0] + ((turned(value) - from) / (to - from || 1)) * (pixels[1] - pixels[0]),
    ticks: ticks.map((tick) => (log ? 10 ** tick : Number(tick.toPrecision(12)))),
  };
}

/**
 * A round distance, of which there are eight at most.
 *
 * @param {number} whole
 */
function stepOf(whole) {
  const power = 10 ** Math.floor(Math.log10((whole || 1) / 8));
  return power * ([1, 2, 5].find((times) => whole <= 8 * times * power) ?? 10);
}

/**
 * @param {(number | null)[]} values
 * @returns {[number, number]}
 */
function ends(values) {
  const known = /** @type {number[]} */ (values.filter((value) => value !== null));
  return [Math.min(...known), Math.max(...known)];
}

/**
 * The points of a curve that the zoom shows.
 *
 * @param {Curve} curve
 * @param {[number, number] | null} range
 * @returns {Curve}
 */
function within(curve, range) {
  if (!range) return curve;
  const part = (/** @type {any[] | undefined} */ values) => values?.filter((_, at) => curve.x[at] >= range[0] && curve.x[at] <= range[1]);
  return /** @type {Curve} */ ({ ...curve, x: part(curve.x), y: part(curve.y), low: part(curve.low), high: part(curve.high) });
}
