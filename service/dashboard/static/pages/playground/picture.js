/**
 * What the models are asked about: a picture, wherever it came from, and the file that each model gets of it.
 *
 * @typedef {import("bakeoff-api").ModelDocument} Model
 * @typedef {import("./look.js").Look} Look
 * @typedef {{ id: number, source: "drawing" | "file" | "camera" | "dataset", name: string, isDraft: boolean,
 *   label?: string, url?: string, bodyFor: (model: Model) => Promise<Blob> }} Picture
 *   a draft is followed by another at once; `label` is the true one, where it is known; `url` shows the picture
 */

import { painted } from "./look.js";
import { keyOf } from "./looks.js";
import { inkOfStrokes } from "./strokes.js";

/** Most bytes of a body that the service reads, as docs/http-api.md says: more would be sent for nothing. */
const MOST_BYTES = 32 * 1024 ** 2;

let last = 0;

/**
 * A file, or a picture of a camera or a dataset, which every model gets as it is.
 *
 * @param {Blob} file
 * @param {{ source: "file" | "camera" | "dataset", name: string, label?: string, isDraft?: boolean }} about
 * @returns {Picture}
 */
export function pictureOfFile(file, { source, name, label, isDraft = false }) {
  return { id: ++last, source, name, label, isDraft, url: URL.createObjectURL(file), bodyFor: async () => file };
}

/**
 * A drawing, of which each model gets pixels that look like those of its dataset.
 *
 * @param {import("./strokes.js").Stroke[]} strokes
 * @param {{ pen: number, isDraft: boolean, lookFor: (model: Model) => Look }} options
 * @returns {Picture}
 */
export function pictureOfDrawing(strokes, { pen, isDraft, lookFor }) {
  const files = /** @type {Map<string, Promise<Blob>>} */ (new Map());
  const bodyFor = (/** @type {Model} */ model) => {
    const file = files.get(keyOf(model)) ?? asPng(drawn(strokes, lookFor(model), pen));
    files.set(keyOf(model), file);
    return file;
  };
  return { id: ++last, source: "drawing", name: "drawing", isDraft, bodyFor };
}

/**
 * The pixels of a drawing as a model gets them.
 *
 * @param {import("./strokes.js").Stroke[]} strokes
 * @param {Look} look
 * @param {number} pen
 */
export function drawn(strokes, look, pen) {
  return painted(inkOfStrokes(strokes, look, pen), look);
}

/**
 * Why a file cannot be sent, in a sentence; "" if it can. Whether it is an image says the service, which reads more
 * formats than a browser.
 *
 * @param {File} file
 */
export function whyNot(file) {
  if (file.size === 0) return `“${file.name}” is empty`;
  if (file.size <= MOST_BYTES) return "";
  return `“${file.name}” has ${Math.round(file.size / 1024 ** 2)} MiB; the service reads images of at most ${MOST_BYTES / 1024 ** 2} MiB`;
}

/**
 * @param {ImageData} pixels
 * @returns {Promise<Blob>}
 */
function asPng(pixels) {
  const canvas = Object.assign(document.createElement("canvas"), { width: pixels.width, height: pixels.height });
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(pixels, 0, 0);
  return new Promise((resolve) => canvas.toBlob((file) => resolve(/** @type {Blob} */ (file)), "image/png"));
}
