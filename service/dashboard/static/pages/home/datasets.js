/** The datasets that are ready, with their size; the others can be fetched. */

import { useResource } from "../../api/resource.js";
import { count, counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { link } from "../../router.js";

/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

const MOST = 8; // the page of datasets has them all

export function Datasets() {
  const datasets = useResource("v1/datasets");
  return html`<${Section} title="Datasets" aside=${html`<a href=${link("/datasets")}>All datasets</a>`}>
    <${Loaded} of=${datasets}>${(/** @type {{ items: Dataset[] }} */ { items }) => html`<${List} items=${items} />`}</${Loaded}>
  </${Section}>`;
}

/** @param {{ items: Dataset[] }} props */
function List({ items }) {
  const readyFirst = items.toSorted((left, right) => Number(right.state === "ready") - Number(left.state === "ready"));
  return html`<ul class="panel rows">
    ${readyFirst.slice(0, MOST).map(
      (dataset) => html`<li key=${dataset.name} class="stacked">
        <a href=${link(`/datasets/${encodeURIComponent(dataset.name)}`)}><bdi>${dataset.name}</bdi></a>
        <p class="faint facts">${facts(dataset)}</p>
      </li>`,
    )}
  </ul>`;
}

/** @param {Dataset} dataset */
function facts({ state, sizes, classes, image_shape: shape }) {
  if (!sizes || !shape) return html`<span>${state === "absent" ? "can be fetched" : state}</span>`;
  return html`<span class="numbers">${count(sizes.train + sizes.validation + sizes.test)} images</span>
    <span>${counted(classes?.length ?? 0, "class", "classes")}</span>
    <span class="numbers">${shape.width} × ${shape.height}</span>`;
}
