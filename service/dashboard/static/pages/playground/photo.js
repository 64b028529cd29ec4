/** The figure in a photo, such as a digit on paper before a camera, as ink in an image of a dataset. */

import { extentOf, levelsOf, strokeWidth } from "./ink.js";
import { inTheMiddle, newContext, rasterCentred } from "./raster.js";

/**
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./ink.js").Ink} Ink
 * @typedef {import("./ink.js").Size} Size
 */

const SIDE = 256; // most pixels of a side of the photo that are looked at
const CONTRAST = 40; // levels between the figure and its ground, at least
const [NONE, ALL] = [0.35, 0.7]; // of the contrast: below it there is no ink, above it nothing else
const DIRECTIONS = 16; // in which thin strokes are thickened

/**
 * The ink of a figure that is darker or lighter than most of a photo: scaled, centred and, where its strokes are too
 * thin, thickened as the dataset's are. What touches the edge of the photo is no part of it.
 *
 * @param {Blob} file
 * @param {Look} look of line art
 * @returns {Promise<Ink | null>} null where no figure stands out, or the browser cannot read the file
 */
export async function inkOfPhoto(file, look) {
  const photo = await pixelsOf(file);
  const ink = photo && figureOf(photo);
  const extent = ink && extentOf(ink, photo);
  if (!extent) return null;
  const longer = Math.max(extent.right - extent.left, extent.bottom - extent.top);
  const stroke = strokeWidth(ink, photo);
  const thickened = (look.box - look.pen) / Math.max(1, longer - stroke); // the scale at which strokes become the pen
  const scale = thickened * stroke < look.pen ? thickened : look.box / longer;
  const growth = Math.max(0, look.pen / scale - stroke) / 2;
  const stencil = stencilOf(ink, photo);
  return rasterCentred(look, inTheMiddle(extent, scale, look), (context) => {
    context.drawImage(stencil, 0, 0);
    for (let index = 0; growth > 0 && index < DIRECTIONS; index += 1) {
      const angle = (2 * Math.PI * index) / DIRECTIONS;
      context.drawImage(stencil, growth * Math.cos(angle), growth * Math.sin(angle));
    }
  });
}

/**
 * @param {Blob} file
 * @returns {Promise<ImageData | null>}
 */
async function pixelsOf(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const ratio = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const size = { width: Math.max(1, Math.round(ratio * bitmap.width)), height: Math.max(1, Math.round(ratio * bitmap.height)) };
  const context = newContext(size);
  context.fillStyle = "white"; // below what is transparent
  context.fillRect(0, 0, size.width, size.height);
  context.drawImage(bitmap, 0, 0, size.width, size.height);
  return context.getImageData(0, 0, size.width, size.height);
}

/**
 * What differs from the ground, which is the level of most of the photo; null where nothing stands out.
 *
 * @param {ImageData} photo
 * @returns {Ink | null}
 */
function figureOf(photo) {
  const levels = levelsOf(photo);
  const sorted = levels.toSorted();
  const at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))];
  const [ground, darker, lighter] = [at(0.5), at(0.5) - at(0.005), at(0.995) - at(0.5)];
  const contrast = Math.max(darker, lighter);
  if (contrast < CONTRAST) return null;
  const sign = darker > lighter ? -1 : 1;
  const ink = levels.map((level) => Math.min(1, Math.max(0, ((sign * (level - ground)) / contrast - NONE) / (ALL - NONE))));
  return withoutEdges(ink, photo);
}

/**
 * Without what hangs together with the edge: shadows, fingers, the table beside the paper.
 *
 * @param {Ink} ink is changed
 * @param {Size} size
 */
function withoutEdges(ink, { width, height }) {
  const open = [...ink.keys()].filter((index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
  while (open.length > 0) {
    const index = /** @type {number} */ (open.pop());
    if (!ink[index]) continue; // none, or outside
    ink[index] = 0;
    const x = index % width;
    open.push(index - width, index + width, ...(x > 0 ? [index - 1] : []), ...(x < width - 1 ? [index + 1] : []));
  }
  return ink;
}

/**
 * Ink as something white to paint with.
 *
 * @param {Ink} ink
 * @param {Size} size
 */
function stencilOf(ink, { width, height }) {
  const image = new ImageData(width, height);
  ink.forEach((value, index) => image.data.set([255, 255, 255, 255 * value], 4 * index));
  const context = newContext({ width, height });
  context.putImageData(image, 0, 0);
  return context.canvas;
}
