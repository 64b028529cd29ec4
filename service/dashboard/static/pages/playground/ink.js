/**
 * Ink: how much of each pixel is covered by a figure, from 0 to 1, row after row; and what is measured of it.
 *
 * @typedef {Float32Array} Ink
 * @typedef {{ width: number, height: number }} Size in pixels
 */

const COVERED = 0.2; // what has less is no part of a figure, but noise or the shade at its edge

/**
 * Where the figure lies; null where there is none.
 *
 * @param {Ink} ink
 * @param {Size} size
 */
export function extentOf(ink, { width }) {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  ink.forEach((value, index) => {
    if (value < COVERED) return;
    const [x, y] = [index % width, Math.floor(index / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  });
  return right < 0 ? null : { left, top, right, bottom };
}

/**
 * The longer side of a figure, in pixels.
 *
 * @param {Ink} ink
 * @param {Size} size
 */
export function longerSide(ink, size) {
  const extent = extentOf(ink, size);
  return extent ? Math.max(extent.right - extent.left, extent.bottom - extent.top) : 0;
}

/**
 * How thick strokes are, in pixels: twice their area over the length of their edges. A stroke of width w and length l
 * covers w·l pixels, and its two edges are 2·l long.
 *
 * @param {Ink} ink
 * @param {Size} size
 */
export function strokeWidth(ink, { width, height }) {
  let [area, steps] = [0, 0];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const here = ink[y * width + x];
      area += here;
      steps += Math.abs(here - (x > 0 ? ink[y * width + x - 1] : 0)) + Math.abs(here - (y > 0 ? ink[(y - 1) * width + x] : 0));
    }
  }
  // Steps along both axes overstate the length of edges that run in all directions, by 4/π.
  return steps === 0 ? 0 : (2 * area) / (steps * (Math.PI / 4));
}

/**
 * The side of the largest square that is wholly within the figure, in pixels: no wider than its strokes, if it has any.
 *
 * @param {Ink} ink
 * @param {Size} size
 */
export function largestSquare(ink, { width }) {
  const sides = new Uint16Array(ink.length); // of the largest square whose last corner is here
  let largest = 0;
  ink.forEach((value, index) => {
    if (value < 0.5) return;
    const isAtEdge = index < width || index % width === 0;
    sides[index] = isAtEdge ? 1 : 1 + Math.min(sides[index - 1], sides[index - width], sides[index - width - 1]);
    largest = Math.max(largest, sides[index]);
  });
  return largest;
}

/**
 * The centre of mass, in pixels from the left and from the top; null where there is no ink.
 *
 * @param {Ink} ink
 * @param {Size} size
 */
export function centreOfMass(ink, { width }) {
  let [mass, x, y] = [0, 0, 0];
  ink.forEach((value, index) => {
    mass += value;
    x += value * ((index % width) + 0.5);
    y += value * (Math.floor(index / width) + 0.5);
  });
  return mass === 0 ? null : { x: x / mass, y: y / mass };
}

/**
 * How light each pixel of an image is, 0 to 255.
 *
 * @param {ImageData} image
 */
export function levelsOf({ data }) {
  return Float32Array.from({ length: data.length / 4 }, (_, index) => level(data.subarray(4 * index, 4 * index + 3)));
}

/** @param {ArrayLike<number>} colour red, green and blue; its luma is that of ITU-R BT.601 */
export function level(colour) {
  return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
}
