/**
 * Strokes of a pen, and the ink that they leave in an image of a dataset.
 *
 * @typedef {{ x: number, y: number }[]} Stroke points; the drawing area is 1 wide, and as high in proportion
 * @typedef {import("./look.js").Look} Look
 */

import { strokeWidth } from "./ink.js";
import { inTheMiddle, raster, rasterCentred } from "./raster.js";

const MOST_GROWTH = 4; // a dot is not blown up to the size of a digit

/**
 * The ink of a drawing: for line art scaled into the box of the dataset and centred by its centre of mass, as MNIST's
 * digits are, drawn with the dataset's own pen; else as it was drawn.
 *
 * @param {Stroke[]} strokes at least one
 * @param {Look} look
 * @param {number} drawnPen width of the pen on the drawing area, where the drawing is taken as it is
 */
export function inkOfStrokes(strokes, look, drawnPen) {
  if (!look.isLineArt) return raster(look, { scale: look.width, x: 0, y: 0 }, (context) => draw(context, strokes, drawnPen));
  const placement = inBox(strokes, look);
  return rasterCentred(look, placement, (context) => draw(context, strokes, look.pen / placement.scale));
}

/**
 * Strokes scaled into the box, in the middle of the image.
 *
 * @param {Stroke[]} strokes
 * @param {Look} look
 */
function inBox(strokes, look) {
  const points = strokes.flat();
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const extent = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  const room = Math.max(1, look.box - look.pen); // of the middle of the pen
  const longer = Math.max(extent.right - extent.left, extent.bottom - extent.top, 1e-6);
  return inTheMiddle(extent, Math.min(room / longer, MOST_GROWTH * Math.min(look.width, look.height)), look);
}

/**
 * Draw strokes with round ends, smoothly through their points.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke[]} strokes
 * @param {number} pen
 * @param {string} [colour]
 */
export function draw(context, strokes, pen, colour = "white") {
  Object.assign(context, { lineWidth: pen, lineCap: "round", lineJoin: "round", strokeStyle: colour });
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
