/**
 * Strokes of a pen, and the ink that they leave in an image as small as those of a dataset.
 *
 * @typedef {{ x: number, y: number }[]} Stroke points; the drawing area is 1 wide, and as high in proportion
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./ink.js").Ink} Ink
 * @typedef {{ scale: number, x: number, y: number }} Placement pixels per unit, and where the origin lies
 */

import { centreOfMass, extentOf, strokeWidth } from "./ink.js";

const FINE = 512; // pixels of the fine image along a side, at least, from which that of the dataset is averaged
const MOST_DETAIL = 8; // fine pixels along a side of one pixel
const MOST_GROWTH = 4; // a dot is not blown up to the size of a digit

/**
 * The ink of a drawing: for line art scaled into the box of the dataset and centred by its centre of mass, as MNIST's
 * digits are, drawn with the dataset's own pen; else as it was drawn.
 *
 * @param {Stroke[]} strokes
 * @param {Look} look
 * @param {number} drawnPen width of the pen on the drawing area, where the drawing is taken as it is
 * @returns {Ink}
 */
export function inkOfStrokes(strokes, look, drawnPen) {
  if (!look.isLineArt) return rasterise(strokes, look, { scale: look.width, x: 0, y: 0 }, drawnPen * look.width);
  const boxed = inBox(strokes, look);
  const ink = rasterise(strokes, look, boxed, look.pen);
  return rasterise(strokes, look, centred(boxed, ink, look), look.pen);
}

/**
 * Strokes scaled into the box, in the middle of the image.
 *
 * @param {Stroke[]} strokes
 * @param {Look} look
 * @returns {Placement}
 */
function inBox(strokes, { width, height, box, pen }) {
  const points = strokes.flat();
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = Math.max(1, box - pen); // of the middle of the pen
  const scale = Math.min(room / Math.max(right - left, bottom - top, 1e-6), MOST_GROWTH * Math.min(width, height));
  return { scale, x: width / 2 - (scale * (left + right)) / 2, y: height / 2 - (scale * (top + bottom)) / 2 };
}

/**
 * The placement moved so that the centre of mass is the middle of the image, as far as no ink leaves it.
 *
 * @param {Placement} placement
 * @param {Ink} ink that it leaves
 * @param {Look} size
 */
function centred(placement, ink, { width, height }) {
  const [centre, extent] = [centreOfMass(ink, { width, height }), extentOf(ink, { width, height })];
  if (!centre || !extent) return placement;
  const within = (/** @type {number} */ move, /** @type {number} */ before, /** @type {number} */ after) =>
    Math.min(Math.max(move, -before), after);
  return {
    ...placement,
    x: placement.x + within(width / 2 - centre.x, extent.left, width - extent.right),
    y: placement.y + within(height / 2 - centre.y, extent.top, height - extent.bottom),
  };
}

/**
 * @param {Stroke[]} strokes
 * @param {{ width: number, height: number }} size
 * @param {Placement} placement
 * @param {number} pen in pixels
 * @returns {Ink}
 */
function rasterise(strokes, { width, height }, { scale, x, y }, pen) {
  const detail = Math.max(2, Math.min(MOST_DETAIL, Math.round(FINE / Math.min(width, height))));
  const canvas = Object.assign(document.createElement("canvas"), { width: detail * width, height: detail * height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(detail * scale, 0, 0, detail * scale, detail * x, detail * y);
  context.strokeStyle = "white";
  draw(context, strokes, pen / scale);
  return averaged(context.getImageData(0, 0, canvas.width, canvas.height), detail, { width, height });
}

/**
 * Draw strokes with round ends, smoothly through their points.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke[]} strokes
 * @param {number} pen
 */
export function draw(context, strokes, pen) {
  Object.assign(context, { lineWidth: pen, lineCap: "round", lineJoin: "round" });
  for (const points of strokes) {
    const [first, last] = [points[0], points[points.length - 1]];
    context.beginPath();
    context.moveTo(first.x, first.y);
    points.slice(1, -1).forEach((point, index) => {
      const next = points[index + 2];
      context.quadraticCurveTo(point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2);
    });
    context.lineTo(last.x + 1e-4, last.y); // a dot is a line that has a length
    context.stroke();
  }
}

/**
 * @param {ImageData} fine
 * @param {number} detail
 * @param {{ width: number, height: number }} size
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

/** A three, which has about as much of each direction as writing has. */
const THREE = [arc(0.27, 0.22, -0.8, 0.5), arc(0.73, 0.27, -0.5, 0.8)];

/**
 * The pen that makes strokes measure as thick as those of a dataset: in small images the measure exceeds the pen.
 *
 * @param {number} wanted thickness in pixels, as `strokeWidth` measures it
 * @param {Look} look whose pen is not known yet
 */
export function penFor(wanted, look) {
  let pen = wanted;
  for (let turn = 0; turn < 6; turn += 1) {
    const measured = strokeWidth(inkOfStrokes(THREE, { ...look, isLineArt: true, pen }, 0), look);
    pen = Math.min(Math.max((pen * wanted) / measured, 0.3), look.box / 2);
  }
  return pen;
}

/**
 * @param {number} y of the middle
 * @param {number} radius
 * @param {number} from as part of π
 * @param {number} to
 * @returns {Stroke}
 */
function arc(y, radius, from, to) {
  return Array.from({ length: 21 }, (_, index) => {
    const angle = Math.PI * (from + ((to - from) * index) / 20);
    return { x: 0.45 + radius * Math.cos(angle), y: y + radius * Math.sin(angle) };
  });
}
