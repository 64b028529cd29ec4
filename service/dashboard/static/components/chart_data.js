/** What charts need of their data: one common x axis, and the colour of each curve. */

const COLOURS = 8; // of --series-1 to --series-8, which are those of the service's own charts

/**
 * The number of the colour of an architecture, 1 to 8, by its place in the comparison.
 *
 * @param {number} index
 */
export function seriesColour(index) {
  return (index % COLOURS) + 1;
}

/**
 * Curves over one common x: the first array is x, then one for each curve, null where it has no point.
 *
 * @param {{ x: number[], y: (number | null)[] }[]} curves
 * @returns {[number[], ...(number | null)[][]]}
 */
export function aligned(curves) {
  const x = [...new Set(curves.flatMap((curve) => curve.x))].sort((left, right) => left - right);
  const place = new Map(x.map((value, index) => [value, index]));
  const columns = curves.map((curve) => {
    const column = /** @type {(number | null)[]} */ (new Array(x.length).fill(null));
    curve.x.forEach((value, index) => {
      column[/** @type {number} */ (place.get(value))] = curve.y[index];
    });
    return column;
  });
  return [x, ...columns];
}
