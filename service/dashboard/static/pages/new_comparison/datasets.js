/** The dataset: one card each with a few of its images; those that are not here can be fetched. */

import { sendJson } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { Action } from "../../components/action.js";
import { count, counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { useSeen } from "../../components/seen.js";
import { changeQuery } from "../../router.js";
import { useLive } from "../../state/live.js";
import { Refusal, Was } from "./field.js";

/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

const MOST = 12; // cards; what is searched for narrows them
const IMAGES = 5;
const STATES = { ready: "ready", absent: "can be fetched", fetching: "is being fetched", failed: "could not be fetched" };

/**
 * @param {{ datasets: import("../../api/resource.js").Resource<any>, chosen: string, choose: (name: string) => void, find: string,
 *   refusal?: string, was?: string }} props
 */
export function Datasets({ datasets, chosen, choose, find, refusal, was }) {
  useLive(({ kind }) => {
    const fetches = datasets.data?.items.some((/** @type {Dataset} */ { state }) => state === "fetching");
    if (fetches && kind === "status") datasets.reload();
  });
  return html`<${Section} title="Dataset" aside=${html`<${Was} was=${was} />`}>
    <${Refusal} message=${refusal} />
    <${Loaded} of=${datasets}>${(/** @type {{ items: Dataset[] }} */ { items }) => html`
      ${items.length > MOST && html`<${Find} find=${find} />`}
      <${Cards} items=${narrowed(items, chosen, find)} chosen=${chosen} choose=${choose} reload=${datasets.reload} />`}</${Loaded}>
  </${Section}>`;
}

/** @param {{ find: string }} props */
function Find({ find }) {
  return html`<label class="search request-finder"><${Icon} name="search" /><span class="visually-hidden">Find a dataset</span>
    <input type="search" value=${find} placeholder="Find a dataset" onInput=${(/** @type {any} */ event) => changeQuery({ find_dataset: event.currentTarget.value })} />
  </label>`;
}

/** @param {{ items: Dataset[], chosen: string, choose: (name: string) => void, reload: () => Promise<void> }} props */
function Cards({ items, chosen, choose, reload }) {
  return html`<fieldset class="request-dataset-cards" data-at="dataset" tabindex="-1">
    <legend class="visually-hidden">Dataset</legend>
    ${items.map((dataset) => html`<${Card} key=${dataset.name} dataset=${dataset} isChosen=${dataset.name === chosen} choose=${choose} reload=${reload} />`)}
  </fieldset>`;
}

/** @param {{ dataset: Dataset, isChosen: boolean, choose: (name: string) => void, reload: () => Promise<void> }} props */
function Card({ dataset, isChosen, choose, reload }) {
  const { name, state } = dataset;
  return html`<div class="request-dataset-card" data-chosen=${isChosen}>
    <label class="request-dataset-choice">
      <${Thumbnails} dataset=${dataset} />
      <span class="request-dataset-name"><input type="radio" name="dataset" value=${name} checked=${isChosen} onChange=${() => choose(name)} /><bdi>${name}</bdi></span>
      <span class="faint facts">${facts(dataset)}</span>
    </label>
    ${isChosen && state !== "ready" && html`<${Absent} dataset=${dataset} reload=${reload} />`}
  </div>`;
}

/** @param {{ dataset: Dataset }} props */
function Thumbnails({ dataset: { name, state } }) {
  const [element, seen] = useSeen();
  const path = `v1/datasets/${encodeURIComponent(name)}/images?split=train&limit=${IMAGES}`;
  const { data } = useResource(seen && state === "ready" ? path : null);
  return html`<span class="request-thumbnails" aria-hidden="true" ref=${element}>
    ${data?.items.map((/** @type {{ index: number, png: string }} */ { index, png }) => html`<img key=${index} src=${png} alt="" />`)}
  </span>`;
}

/** Nothing is known of it yet; its jobs would wait for it. @param {{ dataset: Dataset, reload: () => Promise<void> }} props */
function Absent({ dataset: { name, state, error }, reload }) {
  const start = () => sendJson("POST", `v1/datasets/${encodeURIComponent(name)}/fetch`).then(reload);
  if (state === "fetching") return html`<p class="faint">It is being fetched; sizes and cost are known then.</p>`;
  return html`<div class="request-dataset-absent">
    ${error && html`<p class="request-refusal sentence"><bdi>${error}</bdi></p>`}
    <p class="faint">The first job fetches it. Fetch it now to know sizes and cost.</p>
    <${Action} run=${start}><bdi>Fetch ${name}</bdi></${Action}>
  </div>`;
}

/** @param {Dataset} dataset */
function facts({ state, sizes, classes, image_shape: shape }) {
  if (!sizes || !shape) return html`<span>${STATES[state]}</span>`;
  return html`<span class="numbers">${count(sizes.train + sizes.validation + sizes.test)} images</span>
    <span>${counted(classes?.length ?? 0, "class", "classes")}</span>
    <span class="numbers">${shape.width} × ${shape.height}${shape.channels === 3 ? ", RGB" : ""}</span>`;
}

/**
 * Those that are searched for and the one that is chosen, the ready ones first.
 *
 * @param {Dataset[]} items
 * @param {string} chosen
 * @param {string} find
 */
function narrowed(items, chosen, find) {
  const rank = (/** @type {Dataset} */ { name, state }) => (name === chosen ? 0 : state === "ready" ? 1 : 2);
  const found = items.filter(({ name }) => name === chosen || name.toLowerCase().includes(find.toLowerCase()));
  const shown = found.toSorted((left, right) => rank(left) - rank(right)).slice(0, MOST);
  return items.filter((dataset) => shown.includes(dataset)); // in the order of their names: a choice moves no card
}
