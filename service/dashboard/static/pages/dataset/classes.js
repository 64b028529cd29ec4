/** How many images each class has, as bars divided by split. */

import { useState } from "preact/hooks";

import { useResource } from "../../api/resource.js";
import { count, counted } from "../../components/formats.js";
import { Cut } from "../../components/cut.js";
import { html } from "../../components/html.js";
import { Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";

/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */
/** @typedef {import("bakeoff-api").ClassSizes} ClassSizes */
/** @typedef {{ train: number, validation: number, test: number, all: number }} Count */

const FIRST = 12; // classes that are shown at first
const SPLITS = /** @type {const} */ (["train", "validation", "test"]);

/** @param {{ dataset: Dataset }} props */
export function Classes({ dataset: { name, classes } }) {
  const [all, showAll] = useState(false);
  const sizes = useResource(`v1/datasets/${encodeURIComponent(name)}/classes`);
  const names = classes ?? [];
  const shown = all ? names : names.slice(0, FIRST);
  return html`<${Section} title="Classes" aside=${counted(names.length, "class", "classes")}>
    <div class="panel padded">
      <ul class="legend" aria-hidden="true">${SPLITS.map((split, index) => html`<li key=${split} data-series=${index + 1}>${split}</li>`)}</ul>
      <${Loaded} of=${sizes}>${(/** @type {{ items: ClassSizes[] }} */ { items }) => html`<${Bars} names=${shown} counts=${countsOf(items)} />`}</${Loaded}>
      ${shown.length < names.length && html`<button class="button" type="button" onClick=${() => showAll(true)}>Show all ${count(names.length)}</button>`}
    </div>
  </${Section}>`;
}

/** @param {{ names: string[], counts: Map<string, Count> }} props */
function Bars({ names, counts }) {
  const most = Math.max(1, ...[...counts.values()].map(({ all }) => all));
  return html`<table class="bars">
    <caption class="visually-hidden">Images per class: train, validation, test</caption>
    <tbody>${names.map((name) => {
      const found = counts.get(name);
      if (!found) return null;
      const spoken = SPLITS.map((split) => `${count(found[split])} ${split}`).join(", ");
      return html`<tr key=${name}>
        <th scope="row"><${Cut} text=${name} length=${24} /></th>
        <td class="bars-cell"><span class="bar-parts" role="img" aria-label=${spoken} title=${spoken}>
          ${SPLITS.map((split, index) => html`<span key=${split} class="bar-part" data-series=${index + 1} style=${{ width: `${(100 * found[split]) / most}%` }}></span>`)}
        </span></td>
        <td data-numeric>${count(found.all)}</td>
      </tr>`;
    })}</tbody>
  </table>`;
}

/**
 * Class → images in each split.
 *
 * @param {ClassSizes[]} items
 * @returns {Map<string, Count>}
 */
function countsOf(items) {
  return new Map(items.map(({ label, sizes: { train, validation, test } }) => [label, { train, validation, test, all: train + validation + test }]));
}
