/** The numbers of a chart of the service as CSV: one line for each point, or for each cell of a matrix. */

import { asCsv } from "./curve_data.js";

/**
 * @typedef {{ title: string, x: string, y: string, series: { label: string, x: any[], y: any[] }[], matrices?: any[][][] }} Panel
 */

/**
 * @param {{ panels: Panel[] }} chart the JSON of a chart
 */
export function chartAsCsv({ panels }) {
  const points = panels.flatMap(({ title, series }) => series.flatMap(({ label, x, y }) => x.map((value, at) => [words(title), label, value, y[at]])));
  const cells = panels.flatMap(({ title, matrices = [] }) =>
    matrices.flatMap((matrix) => matrix.flatMap((row, at) => row.map((value, column) => [words(title), at, column, value]))),
  );
  const tables = [
    ...(points.length > 0 ? [["panel", "series", "x", "y"], ...points] : []),
    ...(cells.length > 0 ? [["panel", "row", "column", "value"], ...cells] : []),
  ];
  return asCsv(tables);
}

/** @param {string} title which may have several lines */
function words(title) {
  return title.replaceAll("\n", ", ");
}
