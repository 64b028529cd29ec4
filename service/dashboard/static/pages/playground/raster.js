/**
 * From something that is painted finely to the ink it leaves in an image as small as those of a dataset.
 *
 * @typedef {import("./ink.js").Ink} Ink
 * @typedef {import("./ink.js").Size} Size
 * @typedef {{ scale: number, x: number, y: number }} Placement pixels per unit, and where the origin lies
 * @typedef {(context: CanvasRenderingContext2D) => void} Paint in white, in units
 */

import { centreOfMass, extentOf } from "./ink.js";

const FINE = 512; // pixels along a side of the fine image, from which that of the dataset is averaged
const [LEAST_DETAIL, MOST_DETAIL] = [2, 8]; // fine pixels along a side of one pixel

/**
 * The ink of what is painted at a place.
 *
 * @param {Size} size
 * @param {Placement} placement
 * @param {Paint} paint
 * @returns {Ink}
 */
export function raster({ width, height }, { scale, x, y }, paint) {
  const detail = Math.max(LEAST_DETAIL, Math.min(MOST_DETAIL, Math.round(FINE / Math.min(width, height))));
  const context = newContext({ width: detail * width, height: detail * height });
  context.fillRect(0, 0, detail * width, detail * height);
  context.setTransform(detail * scale, 0, 0, detail * scale, detail * x, detail * y);
  paint(context);
  return averaged(context.getImageData(0, 0, detail * width, detail * height), detail, { width, height });
}

/**
 * The same, moved so that the centre of mass is the middle of the image, as MNIST's digits are; no ink leaves it.
 *
 * @param {Size} size
 * @param {Placement} placement that leaves all of the ink within the image
 * @param {Paint} paint
 */
export function rasterCentred(size, placement, paint) {
  const ink = raster(size, placement, paint);
  const [centre, extent] = [centreOfMass(ink, size), extentOf(ink, size)];
  if (!centre || !extent) return ink;
  const x = within(size.width / 2 - centre.x, -extent.left, size.width - extent.right);
  const y = within(size.height / 2 - centre.y, -extent.top, size.height - extent.bottom);
  return raster(size, { ...placement, x: placement.x + x, y: placement.y + y }, paint);
}

/**
 * The middle of an extent in the middle of the image.
 *
 * @param {{ left: number, top: number, right: number, bottom: number }} extent in units
 * @param {number} scale
 * @param {Size} size
 * @returns {Placement}
 */
export function inTheMiddle({ left, top, right, bottom }, scale, { width, height }) {
  return { scale, x: width / 2 - (scale * (left + right)) / 2, y: height / 2 - (scale * (top + bottom)) / 2 };
}

/**
 * A context to paint with and to read from.
 *
 * @param {Size} size
 */
export function newContext({ width, height }) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
}

/**
 * @param {ImageData} fine
 * @param {number} detail
 * @param {Size} size
 * @returns {Ink}
 */
function averaged(fine, detail, { width, height }) {
  const ink = new Float32Array(width * height);
  const most = 255 * detail * detail;
  for (let y = 0; y < fine.height; y += 1) {
    const row = Math.floor(y / detail) * width;
    for (let x = 0; x < fine.width; x += 1) ink[row + Math.floor(x / detail)] += fine.data[4 * (y * fine.width + x)] / most;
  }
  return ink;
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function within(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
