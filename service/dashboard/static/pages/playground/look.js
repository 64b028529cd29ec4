/**
 * How the images of a dataset look, so that a drawing can look like them: light on dark or dark on light, how much of
 * an image its figure fills, how thick its strokes are.
 *
 * @typedef {[number, number, number]} Colour red, green and blue, 0 to 255
 * @typedef {{ width: number, height: number, channels: number, ground: Colour, ink: Colour, isLineArt: boolean,
 *   box: number, pen: number }} Look
 *   Sizes are in pixels of the images: `box` is the longer side of a figure, `pen` the width of a pen that makes strokes
 *   as thick as theirs
 * @typedef {{ width: number, height: number, channels: number }} Shape
 */

import { largestSquare, level, levelsOf, longerSide, strokeWidth } from "./ink.js";
import { penFor } from "./strokes.js";

const PLAIN = 0.6; // of the pixels at the edge are near the ground, where figures stand on one
const NEAR = 40; // levels
const CONTRAST = 60; // levels between ground and ink, at least
const THICKEST = 0.25; // of the side is the largest square within a stroke; what has a larger one is no line art
const EXTREME = 0.02; // of all pixels may be lighter, or darker, than the ink

/**
 * As MNIST's digits look: light on dark, in a box of 20 pixels of 28. Colours are taken as they are drawn, on white.
 *
 * @param {Shape} shape
 * @returns {Look}
 */
export function usualLook({ width, height, channels }) {
  const side = Math.min(width, height);
  const isGrey = channels === 1;
  const [ground, ink] = isGrey ? [grey(0), grey(255)] : [grey(255), grey(0)];
  return { width, height, channels, ground, ink, isLineArt: isGrey, box: (20 / 28) * side, pen: Math.max(1, side / 11) };
}

/**
 * What images of a dataset have in common.
 *
 * @param {ImageData[]} images of this shape
 * @param {Shape} shape
 * @returns {Look}
 */
export function lookOf(images, shape) {
  const usual = usualLook(shape);
  if (images.length === 0) return usual;
  const rim = images.flatMap(rimOf);
  const ground = /** @type {Colour} */ ([0, 1, 2].map((channel) => median(rim.map((colour) => colour[channel]))));
  const levels = images.map(levelsOf);
  const ink = inkLevel(levels, level(ground));
  const [contrast, isPlain] = [Math.abs(ink - level(ground)), shareNear(rim, level(ground)) >= PLAIN];
  const look = { ...usual, ground, ink: contrast < CONTRAST ? opposite(ground) : grey(ink) };
  const figures = levels.map((values) => values.map((value) => clamp((value - level(ground)) / (ink - level(ground)))));
  const isThin = median(figures.map((figure) => largestSquare(figure, shape))) <= THICKEST * Math.min(shape.width, shape.height);
  if (!isPlain || !isThin || contrast < CONTRAST) return { ...look, isLineArt: false };
  const lineArt = { ...look, isLineArt: true, box: median(figures.map((figure) => longerSide(figure, shape))) };
  return { ...lineArt, pen: penFor(median(figures.map((figure) => strokeWidth(figure, shape))), lineArt) };
}

/**
 * Ink in the colours of a dataset.
 *
 * @param {import("./ink.js").Ink} ink
 * @param {Look} look
 */
export function painted(ink, { width, height, ground, ink: colour }) {
  const image = new ImageData(width, height);
  ink.forEach((share, index) => {
    const mixed = ground.map((value, channel) => value + (colour[channel] - value) * share);
    image.data.set([...mixed, 255], 4 * index); // rounded by the array
  });
  return image;
}

/**
 * @param {number[][]} rim
 * @param {number} ground
 */
function shareNear(rim, ground) {
  return rim.filter((colour) => Math.abs(level(colour) - ground) < NEAR).length / rim.length;
}

/**
 * The level of what stands out from the ground: nearly the lightest or nearly the darkest, whichever is farther from it.
 *
 * @param {Float32Array[]} levels of each image
 * @param {number} ground
 */
function inkLevel(levels, ground) {
  const sorted = levels.flatMap((values) => [...values]).sort((left, right) => left - right);
  const last = sorted.length - 1;
  const [dark, light] = [sorted[Math.floor(EXTREME * last)], sorted[Math.ceil((1 - EXTREME) * last)]];
  return Math.round(light - ground >= ground - dark ? light : dark);
}

/**
 * The colours of the pixels at the edge.
 *
 * @param {ImageData} image
 */
function rimOf({ data, width, height }) {
  const colours = [];
  for (let index = 0; index < width * height; index += 1) {
    const [x, y] = [index % width, Math.floor(index / width)];
    const isAtRim = x === 0 || y === 0 || x === width - 1 || y === height - 1;
    if (isAtRim) colours.push([...data.subarray(4 * index, 4 * index + 3)]);
  }
  return colours;
}

/** @param {Colour} ground */
function opposite(ground) {
  return grey(level(ground) < 128 ? 255 : 0);
}

/**
 * @param {number} value
 * @returns {Colour}
 */
function grey(value) {
  return [value, value, value];
}

/** @param {number} value */
function clamp(value) {
  return Math.min(1, Math.max(0, value));
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
}
