/** Test images of the dataset, to be chosen: what the models were not trained on, and how a drawing should look. */

import { useEffect, useState } from "preact/hooks";

import { getJson, withQuery } from "../../api/client.js";
import { blobOf } from "../../api/files.js";
import { useResource } from "../../api/resource.js";
import { count } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { ErrorNotice, Loaded } from "../../components/notices.js";
import { changeQuery } from "../../router.js";

/** @typedef {import("bakeoff-api").DatasetImage} TestImage */
/** @typedef {{ total: number, items: TestImage[] }} Page */

const SHOWN = 18;

/**
 * @param {{ dataset: string, classes: string[], chosen: string | undefined }} props `chosen` is the number of an image
 */
export function TestImages({ dataset, classes, chosen }) {
  const [label, setLabel] = useState("");
  const [offset, setOffset] = useState(0);
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const images = useResource(pathOf(dataset, { label, offset, limit: SHOWN }));
  const total = images.data?.total ?? 0;
  const others = () => setOffset(Math.floor(Math.random() * Math.max(1, total - SHOWN + 1)));
  const random = async () => {
    setError(undefined);
    const any = Math.floor(Math.random() * total);
    await getJson(pathOf(dataset, { label, offset: any, limit: 1 })).then(({ items }) => choose(items[0].index), setError);
  };
  const narrow = (/** @type {Event} */ event) => {
    setLabel(/** @type {HTMLSelectElement} */ (event.currentTarget).value);
    setOffset(0);
  };
  return html`<section class="test-images panel">
    <h2>Test images of <bdi>${dataset}</bdi></h2>
    <div class="input-actions">
      <button class="button" type="button" disabled=${!total} onClick=${random}>Random</button>
      <button class="button" type="button" disabled=${total <= SHOWN} onClick=${others}>Show others</button>
      <select aria-label="Class of the test images" value=${label} onChange=${narrow}>
        <option value="">All classes</option>
        ${classes.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select>
    </div>
    <${ErrorNotice} error=${error} />
    <${Loaded} of=${images}>${(/** @type {Page} */ page) => html`<${Strip} page=${page} chosen=${chosen} />`}</${Loaded}>
  </section>`;
}

/** @param {{ page: Page, chosen: string | undefined }} props */
function Strip({ page, chosen }) {
  return html`<ul class="strip">
    ${page.items.map(
      ({ index, label, png }) => html`<li key=${index}>
        <button type="button" class="thumbnail" aria-pressed=${String(index) === chosen} title=${`${label} · number ${count(index)}`} onClick=${() => choose(index)}>
          <img src=${png} alt=${`Test image ${index}, ${label}`} />
        </button>
      </li>`,
    )}
  </ul>`;
}

/**
 * The test image that the address names.
 *
 * @param {string | undefined} dataset
 * @param {string | undefined} index
 * @param {(image: TestImage, file: Blob) => void} onImage
 * @returns {Error | undefined} why there is none
 */
export function useTestImage(dataset, index, onImage) {
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  useEffect(() => {
    setError(undefined);
    if (!dataset || !index) return undefined;
    const controller = new AbortController();
    getJson(pathOf(dataset, { offset: index, limit: 1 }), { signal: controller.signal }).then(
      ({ items: [image], total }) => {
        if (image) onImage(image, blobOf(image.png));
        else setError(new Error(`${dataset} has ${count(total)} test images, numbered from 0`));
      },
      (reason) => controller.signal.aborted || setError(reason),
    );
    return () => controller.abort();
  }, [dataset, index]);
  return error;
}

/**
 * @param {string} dataset
 * @param {Record<string, string | number>} query
 */
function pathOf(dataset, query) {
  return withQuery(`v1/datasets/${encodeURIComponent(dataset)}/images`, { split: "test", ...query });
}

/** @param {number} index of a test image, which the address then names */
function choose(index) {
  changeQuery({ image: String(index) });
}
