/** The images of a dataset by split and class, page by page, as networks see them. */

import { useRef, useState } from "preact/hooks";

import { withQuery } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { Cut, cut } from "../../components/cut.js";
import { Dialog } from "../../components/dialog.js";
import { count, counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Empty, Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { changeQuery } from "../../router.js";

/** @typedef {{ index: number, label: string, png: string }} Image */
/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

const PAGE = 48; // images
const SPLITS = ["train", "validation", "test"];

/** @param {{ dataset: Dataset, query: Record<string, string> }} props */
export function Images({ dataset, query }) {
  const split = SPLITS.includes(query.split) ? query.split : "train";
  const page = Math.max(1, Number.parseInt(query.page, 10) || 1);
  const images = useResource(withQuery(`v1/datasets/${dataset.name}/images`, { split, label: query.label, limit: PAGE, offset: PAGE * (page - 1) }));
  const shown = useLast(images);
  return html`<${Section} title="Images" aside=${shown.data && counted(shown.data.total, "image")}>
    <div class="panel padded" aria-busy=${images.loading}>
      <${Filters} dataset=${dataset} split=${split} label=${query.label ?? ""} />
      <${Loaded} of=${shown}>${(/** @type {{ total: number, items: Image[] }} */ { total, items }) => html`
        ${items.length === 0 ? html`<${Empty} title="There is no such image" />` : html`<${Grid} images=${items} split=${split} dataset=${dataset} />`}
        <${Pages} page=${page} pages=${Math.ceil(total / PAGE)} />`}</${Loaded}>
    </div>
  </${Section}>`;
}

/**
 * A resource that shows what it had before while it loads another page.
 *
 * @param {import("../../api/resource.js").Resource<any>} resource
 */
function useLast(resource) {
  const last = useRef(resource.data);
  if (resource.data) last.current = resource.data;
  return resource.error ? resource : { ...resource, data: last.current };
}

/** @param {{ dataset: Dataset, split: string, label: string }} props */
function Filters({ dataset: { sizes, classes }, split, label }) {
  const choose = (/** @type {Record<string, string | undefined>} */ changes) => changeQuery({ page: undefined, ...changes });
  return html`<div class="filters">
    <fieldset class="segments"><legend class="visually-hidden">Split</legend>
      ${SPLITS.map(
        (name) => html`<label key=${name} class="segment"><input type="radio" name="split" class="visually-hidden" value=${name} checked=${name === split}
          onChange=${() => choose({ split: name === "train" ? undefined : name })} />${name}</label>`,
      )}
    </fieldset>
    <select class="class-choice" aria-label="Class" value=${label} onChange=${(/** @type {any} */ event) => choose({ label: event.target.value })}>
        <option value="">All classes</option>
        ${(classes ?? []).map((name) => html`<option key=${name} value=${name}>${cut(name, 40)}</option>`)}
      </select>
    <span class="visually-hidden">${count(sizes?.[/** @type {"train"} */ (split)])} images of this split</span>
  </div>`;
}

/** @param {{ images: Image[], split: string, dataset: Dataset }} props */
function Grid({ images, split, dataset }) {
  const [shown, show] = useState(/** @type {Image | null} */ (null));
  const side = Math.max(dataset.image_shape?.width ?? 0, dataset.image_shape?.height ?? 0);
  return html`<ul class="image-grid">
      ${images.map(
        (image) => html`<li key=${image.index}><button type="button" onClick=${() => show(image)}>
          <img class="tile" data-large=${side > 72} src=${image.png} alt=${`Image ${image.index}`} />
          <${Cut} text=${image.label} length=${16} />
        </button></li>`,
      )}
    </ul>
    ${shown && html`<${Dialog} title=${`${split} ${shown.index}`} onClose=${() => show(null)}>
      <div class="form">
        <img class="tile" data-large=${side > 300} src=${shown.png} alt=${`Image ${shown.index} of ${split}`} />
        <p>Labelled <bdi>${shown.label}</bdi></p>
        <div class="form-actions"><button class="button" type="button" onClick=${() => show(null)} autofocus>Close</button></div>
      </div>
    </${Dialog}>`}`;
}

/** @param {{ page: number, pages: number }} props */
function Pages({ page, pages }) {
  if (pages <= 1) return null;
  const go = (/** @type {number} */ to) => () => changeQuery({ page: to === 1 ? undefined : String(to) });
  return html`<nav class="pager" aria-label="Pages of images">
    <button class="button" type="button" disabled=${page <= 1} onClick=${go(page - 1)}>Previous</button>
    <span class="numbers">Page ${count(page)} of ${count(pages)}</span>
    <button class="button" type="button" disabled=${page >= pages} onClick=${go(page + 1)}>Next</button>
  </nav>`;
}
