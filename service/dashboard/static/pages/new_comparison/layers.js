/** A picture of an architecture: a block for each stage, as high as its feature maps and as wide as it has channels. */

import { counted, short } from "../../components/formats.js";
import { html } from "../../components/html.js";

/**
 * @typedef {{ name: string, kind: string, output_shape: number[], num_parameters: number, flops: number, num_layers: number }} Stage
 */

const [WIDTH, HEIGHT, GAP] = [240, 56, 1.5];
const VECTOR = 6; // the width of a block of units
const MOST_UNITS = 4096; // the height of a block is full
const UNCHANGED = /norm|relu|gelu|silu|swish|sigmoid|tanh|drop|flatten|identity|activation/i; // of the shape

/** @param {{ name: string, stages: Stage[] }} props */
export function Layers({ name, stages }) {
  const blocks = layOut(stages.filter(isDrawn));
  const words = stages.filter(isDrawn).map(describe).join(", ");
  return html`<svg class="request-layers" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${`Layers of ${name}: ${words}`}>
    ${blocks.map(
      ({ stage, x, width, height }) => html`<rect key=${stage.name} data-part=${partOf(stage)} x=${x.toFixed(2)} y=${((HEIGHT - height) / 2).toFixed(2)}
        width=${width.toFixed(2)} height=${height.toFixed(2)} rx="1"><title>${describe(stage)}</title></rect>`,
    )}
  </svg>`;
}

/** @param {Stage} stage */
function isDrawn({ kind, output_shape: shape, num_layers: layers }) {
  return shape.length > 0 && !(layers <= 1 && UNCHANGED.test(kind));
}

/**
 * Blocks from left to right, made narrower together where they would be too wide.
 *
 * @param {Stage[]} stages
 */
function layOut(stages) {
  const wanted = stages.map(({ output_shape: shape }) => (shape.length === 1 ? VECTOR : 3 + 2.2 * Math.log2(1 + channels(shape))));
  const total = wanted.reduce((sum, width) => sum + width + GAP, 0);
  const scale = Math.min(1, WIDTH / total);
  const largest = Math.max(...stages.map(({ output_shape: shape }) => side(shape)));
  let x = (WIDTH - total * scale) / 2;
  return stages.map((stage, index) => {
    const block = { stage, x, width: wanted[index] * scale, height: height(stage.output_shape, largest) };
    x += (wanted[index] + GAP) * scale;
    return block;
  });
}

/**
 * As high as the side of the feature maps, or a vector as its number of units, both as logarithms.
 *
 * @param {number[]} shape
 * @param {number} largest side of all stages
 */
function height(shape, largest) {
  const [size, most] = shape.length === 1 ? [shape[0], MOST_UNITS] : [side(shape), largest];
  return 6 + (HEIGHT - 6) * Math.min(1, Math.log2(size) / Math.max(1, Math.log2(most)));
}

/** Pixels of a side of the feature maps; tokens are a square; a vector is a point. @param {number[]} shape */
function side(shape) {
  if (shape.length >= 3) return Math.max(1, shape[1], shape[2]);
  return shape.length === 2 ? Math.max(1, Math.sqrt(shape[0])) : 1;
}

/** @param {number[]} shape */
function channels(shape) {
  return shape.length === 2 ? shape[1] : shape[0];
}

/** What kind of part it is, which its colour says beside its title. @param {Stage} stage */
function partOf({ kind, num_layers: layers }) {
  if (layers > 1) return /attention|transformer|vit/i.test(kind) ? "attention" : "block";
  if (/conv/i.test(kind)) return "convolution";
  if (/linear/i.test(kind)) return "linear";
  return /pool/i.test(kind) ? "pooling" : "other";
}

/** @param {Stage} stage */
function describe({ kind, output_shape: shape, num_parameters: parameters, num_layers: layers }) {
  const within = layers > 1 ? `, ${counted(layers, "layer")}` : "";
  return `${kind} to ${shape.join(" × ")}${within}${parameters ? `, ${short(parameters)} parameters` : ""}`;
}
