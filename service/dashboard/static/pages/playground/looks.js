/** The looks of the datasets that the models were trained on, measured on some of their images. */

import { useCallback, useEffect, useState } from "preact/hooks";

import { getJson, withQuery } from "../../api/client.js";
import { lookOf, usualLook } from "./look.js";
import { newContext } from "./raster.js";

/** @typedef {import("bakeoff-api").ModelDocument} Model */
/** @typedef {import("./look.js").Look} Look */

const [FEWEST_IMAGES, MOST_IMAGES] = [4, 100];
const MOST_PIXELS = 400_000; // of all images that are looked at

/**
 * The look of each model's dataset; until its images have been looked at, and where they are gone, the usual look.
 *
 * @param {Model[]} models
 * @returns {(model: Model) => Look} another function when another look is known
 */
export function useLooks(models) {
  const [looks, setLooks] = useState(/** @type {Record<string, Look>} */ ({}));
  const missing = models.filter((model) => !looks[keyOf(model)]);
  useEffect(() => {
    const controller = new AbortController();
    for (const model of new Map(missing.map((model) => [keyOf(model), model])).values()) {
      measure(model, controller.signal).then(
        (look) => controller.signal.aborted || setLooks((before) => ({ ...before, [keyOf(model)]: look })),
        () => null,
      );
    }
    return () => controller.abort();
  }, [models.map(keyOf).join(" ")]);
  return useCallback((/** @type {Model} */ model) => looks[keyOf(model)] ?? usualLook(model.image_shape), [looks]);
}

/**
 * Models with the same key get the same pixels of a drawing.
 *
 * @param {Model} model
 */
export function keyOf({ dataset_sha256, image_shape: { width, height, channels } }) {
  return `${dataset_sha256}-${width}-${height}-${channels}`;
}

/**
 * @param {Model} model
 * @param {AbortSignal} signal
 */
async function measure({ dataset, image_shape: shape }, signal) {
  const fitting = Math.floor(MOST_PIXELS / (shape.width * shape.height));
  const limit = Math.max(FEWEST_IMAGES, Math.min(MOST_IMAGES, fitting));
  const path = withQuery(`v1/datasets/${encodeURIComponent(dataset)}/images`, { split: "test", limit });
  const { items } = await getJson(path, { signal });
  const images = await Promise.all(items.map((/** @type {{ png: string }} */ { png }) => pixelsOf(png, shape)));
  return lookOf(images, shape);
}

/**
 * @param {string} url
 * @param {{ width: number, height: number }} size
 */
async function pixelsOf(url, { width, height }) {
  const image = new Image();
  image.src = url;
  await image.decode();
  const context = newContext({ width, height });
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
