/**
 * What the models are asked about: a picture, wherever it came from, and the file that each model gets of it.
 *
 * @typedef {import("bakeoff-api").ModelDocument} Model
 * @typedef {import("./look.js").Look} Look
 * @typedef {"drawing" | "file" | "camera" | "dataset"} Source
 * @typedef {(model: Model) => Promise<ImageData | null>} PixelsFor the pixels that are made of the picture for a model;
 *   null: it gets the file as it is
 * @typedef {{ id: number, source: Source, name: string, isDraft: boolean, label?: string, file?: Blob, url?: string,
 *   pixelsFor: PixelsFor, bodyFor: (model: Model) => Promise<Blob> }} Picture
 *   a draft is followed by another at once; `label` is the true one, where it is known; `url` shows the file
 */

import { cut } from "../../components/cut.js";
import { painted } from "./look.js";
import { keyOf } from "./looks.js";
import { inkOfPhoto } from "./photo.js";
import { inkOfStrokes } from "./strokes.js";

/** Most bytes of a body that the service reads (docs/http-api.md): more would be sent for nothing. */
const MOST_BYTES = 32 * 1024 ** 2;

let last = 0;

/**
 * A file, or a picture of a camera or a dataset.
 *
 * @param {Blob} file
 * @param {{ source: Source, name: string, label?: string, isDraft?: boolean, lookFor?: (model: Model) => Look }} options
 *   with `lookFor`, models of line art get the figure in it as their datasets would show it; else all get the file
 * @returns {Picture}
 */
export function pictureOfFile(file, { source, name, label, isDraft = false, lookFor }) {
  const pixelsFor = forEachDataset(async (model) => {
    const look = lookFor?.(model);
    const ink = look?.isLineArt ? await inkOfPhoto(file, look) : null;
    return look && ink ? painted(ink, look) : null;
  });
  const bodyFor = async (/** @type {Model} */ model) => asPng(await pixelsFor(model)) ?? file;
  return { id: ++last, source, name, label, isDraft, file, url: URL.createObjectURL(file), pixelsFor, bodyFor };
}

/**
 * A drawing, of which each model gets pixels that look like those of its dataset.
 *
 * @param {import("./strokes.js").Stroke[]} strokes
 * @param {{ pen: number, isDraft: boolean, lookFor: (model: Model) => Look }} options
 * @returns {Picture}
 */
export function pictureOfDrawing(strokes, { pen, isDraft, lookFor }) {
  const pixelsFor = forEachDataset(async (model) => painted(inkOfStrokes(strokes, lookFor(model), pen), lookFor(model)));
  const bodyFor = async (/** @type {Model} */ model) => /** @type {Promise<Blob>} */ (asPng(await pixelsFor(model)));
  return { id: ++last, source: "drawing", name: "drawing", isDraft, pixelsFor, bodyFor };
}

/**
 * Why a file cannot be sent, in a sentence; "" if it can. Whether it is an image says the service, which reads more
 * formats than a browser.
 *
 * @param {File} file
 */
export function whyNot(file) {
  const name = `the file “${cut(file.name, 40)}”`;
  if (file.size === 0) return `${name} is empty`;
  if (file.size <= MOST_BYTES) return "";
  return `${name} has ${Math.round(file.size / 1024 ** 2)} MiB; the service reads images of at most ${MOST_BYTES / 1024 ** 2} MiB`;
}

/**
 * The same function, called once for all models of a dataset.
 *
 * @param {PixelsFor} make
 * @returns {PixelsFor}
 */
function forEachDataset(make) {
  const made = /** @type {Map<string, ReturnType<PixelsFor>>} */ (new Map());
  return (model) => {
    const pixels = made.get(keyOf(model)) ?? make(model);
    made.set(keyOf(model), pixels);
    return pixels;
  };
}

/**
 * @param {ImageData | null} pixels
 * @returns {Promise<Blob> | null}
 */
function asPng(pixels) {
  if (!pixels) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width: pixels.width, height: pixels.height });
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(pixels, 0, 0);
  return new Promise((resolve) => canvas.toBlob((file) => resolve(/** @type {Blob} */ (file)), "image/png"));
}
