/** What is drawn of the curves that the service gives: those of the shown architectures, smoothed where that is wanted. */

/**
 * @typedef {import("../../components/line_chart.js").Curve} Curve
 * @typedef {{ architecture: string, epochs: number[], x: (number | null)[], n: number[], mean: (number | null)[],
 *   std: (number | null)[], jobs: object[] }} ArchitectureCurve
 */

/**
 * @param {ArchitectureCurve[]} items
 * @param {import("./view.js").Entry[]} shown
 * @param {{ smooth: number, log: boolean }} options `smooth` from 0, not at all, to below 1
 * @returns {Curve[]}
 */
export function curvesOf(items, shown, { smooth, log }) {
  const curves = shown.flatMap((entry) => {
    const item = items.find(({ architecture }) => architecture === entry.label);
    return item ? [curveOf(item, entry, smooth)] : [];
  });
  return log ? aboveZero(curves) : curves;
}

/**
 * @param {ArchitectureCurve} item
 * @param {import("./view.js").Entry} entry
 * @param {number} smooth
 * @returns {Curve}
 */
function curveOf({ x, mean, std }, { index, label }, smooth) {
  const known = x.flatMap((value, at) => (value === null ? [] : [at]));
  const [means, stds] = [mean, std].map((values) => smoothed(known.map((at) => values[at]), smooth));
  const edge = (/** @type {number} */ side) =>
    means.map((value, at) => (value === null || stds[at] === null ? null : value + side * /** @type {number} */ (stds[at])));
  const hasBand = stds.some((value) => value !== null);
  const band = hasBand ? { low: edge(-1), high: edge(1) } : {};
  return { label, index, x: known.map((at) => /** @type {number} */ (x[at])), y: means, ...band };
}

/**
 * The exponential moving average, which begins without bias as Adam's does; null where nothing is known.
 *
 * @param {(number | null)[]} values
 * @param {number} weight of what was before
 */
export function smoothed(values, weight) {
  if (weight === 0) return values;
  let [sum, total] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return sum / total;
  });
}

/**
 * For a logarithmic axis: what is not above zero has no place there, and a band ends at half the lowest curve.
 *
 * @param {Curve[]} curves
 * @returns {Curve[]}
 */
function aboveZero(curves) {
  const positive = curves.flatMap(({ y }) => y.filter((value) => value !== null && value > 0));
  const floor = Math.min(.../** @type {number[]} */ (positive)) / 2;
  return curves.map(({ y, low, ...curve }) => ({
    ...curve,
    y: y.map((value) => (value !== null && value > 0 ? value : null)),
    ...(low && { low: low.map((value) => (value === null ? null : Math.max(value, floor))) }),
  }));
}

/**
 * The curves as CSV, one line for each architecture and point, unsmoothed.
 *
 * @param {ArchitectureCurve[]} items
 * @param {import("./view.js").Entry[]} shown
 * @param {string} metric
 */
export function curvesAsCsv(items, shown, metric) {
  const lines = items
    .filter(({ architecture }) => shown.some(({ label }) => label === architecture))
    .flatMap(({ architecture, epochs, x, n, mean, std }) => epochs.map((epoch, at) => [architecture, metric, epoch, x[at], n[at], mean[at], std[at]]));
  return asCsv([["architecture", "metric", "epoch", "x", "n", "mean", "std"], ...lines]);
}

/**
 * Lines of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe, as in the service's own.
 *
 * @param {(string | number | null)[][]} rows
 */
export function asCsv(rows) {
  const cell = (/** @type {string | number | null} */ value) => {
    const isFormula = typeof value === "string" && /^ *[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(value);
    const text = `${isFormula ? "'" : ""}${value ?? ""}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}
