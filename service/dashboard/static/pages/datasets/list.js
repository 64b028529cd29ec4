/** All datasets, to be searched and narrowed; the state of the view is in the address. */

import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Empty } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { changeQuery } from "../../router.js";
import { Row } from "./row.js";

/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

const PAGE = 50; // rows

/** @param {{ items: Dataset[], query: Record<string, string>, reload: () => Promise<void> }} props */
export function DatasetList({ items, query, reload }) {
  const found = arrange(items, query);
  const shown = PAGE * Math.max(1, Number.parseInt(query.pages, 10) || 1);
  return html`<${Section} title="All datasets" aside=${counted(found.length, "dataset")}>
    <${Filters} query=${query} />
    ${found.length === 0 && html`<${Empty} title=${query.find ? `No dataset matches “${query.find}”` : "There is no such dataset"} />`}
    ${found.length > 0 && html`<ul class="panel rows datasets">${found.slice(0, shown).map((dataset) => html`<${Row} key=${dataset.name} dataset=${dataset} reload=${reload} />`)}</ul>`}
    ${found.length > shown && html`<p class="more"><button class="button" type="button" onClick=${() => changeQuery({ pages: String(shown / PAGE + 1) })}>Show more</button></p>`}
  </${Section}>`;
}

/** @param {{ query: Record<string, string> }} props */
function Filters({ query }) {
  return html`<div class="filters">
    <label class="search"><${Icon} name="search" /><span class="visually-hidden">Find datasets</span>
      <input type="search" value=${query.find ?? ""} placeholder="Find by name or class"
        onInput=${(/** @type {any} */ event) => changeQuery({ find: event.target.value, pages: undefined })} /></label>
    <select aria-label="State" value=${query.state ?? ""} onChange=${(/** @type {any} */ event) => changeQuery({ state: event.target.value, pages: undefined })}>
        <option value="">Ready and to be fetched</option><option value="ready">Ready</option><option value="absent">To be fetched</option>
      </select>
  </div>`;
}

/**
 * The datasets in which every word occurs, those that are ready first.
 *
 * @param {Dataset[]} items
 * @param {Record<string, string>} query
 */
function arrange(items, { find = "", state = "" }) {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  return items
    .filter((dataset) => !state || (dataset.state === "ready") === (state === "ready"))
    .filter(({ name, description, classes }) => {
      const text = [name, description, ...(classes ?? [])].join("\n").toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((left, right) => Number(right.state === "ready") - Number(left.state === "ready"));
}
