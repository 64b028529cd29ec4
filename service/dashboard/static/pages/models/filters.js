/** What narrows the list of models: the service searches, so that models which are not loaded are found too. */

import { useEffect, useState } from "preact/hooks";

import { useResource } from "../../api/resource.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { changeQuery } from "../../router.js";

const PAUSE = 250; // milliseconds without a key before the service is asked

/** @param {{ query: Record<string, string>, models: import("bakeoff-api").ModelDocument[] }} props the models that are listed */
export function Filters({ query: { search = "", dataset = "", architecture = "", tag = "" }, models }) {
  const datasets = useResource("v1/datasets");
  const architectures = useResource("v1/architectures");
  const change = (/** @type {Record<string, string>} */ changes) => changeQuery({ page: undefined, ...changes });
  const tags = [...new Set(models.flatMap((model) => model.tags))].toSorted();
  const isNarrowed = search || dataset || architecture || tag;
  return html`<div class="filters" role="search" aria-label="Models">
    <${Search} search=${search} change=${change} />
    <${Choice} label="All datasets" value=${dataset} names=${namesIn(datasets, models.map((model) => model.dataset))} choose=${(/** @type {string} */ chosen) => change({ dataset: chosen })} />
    <${Choice} label="All architectures" value=${architecture} names=${namesIn(architectures, models.map((model) => model.architecture))} choose=${(/** @type {string} */ chosen) => change({ architecture: chosen })} />
    ${(tags.length > 0 || tag) && html`<${Choice} label="All tags" value=${tag} names=${tags} choose=${(/** @type {string} */ chosen) => change({ tag: chosen })} />`}
    ${isNarrowed && html`<button class="button" data-kind="quiet" type="button" onClick=${() => change({ search: "", dataset: "", architecture: "", tag: "" })}>Show all</button>`}
  </div>`;
}

/** @param {{ search: string, change: (changes: Record<string, string>) => void }} props */
function Search({ search, change }) {
  const [typed, type] = useState(search);
  useEffect(() => type(search), [search]);
  useEffect(() => {
    if (typed === search) return undefined;
    const timer = setTimeout(() => change({ search: typed }), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`<label class="search"><${Icon} name="search" /><span class="visually-hidden">Find models</span>
    <input type="search" value=${typed} maxlength="100" placeholder="Find by name, note or tag" onInput=${(/** @type {any} */ event) => type(event.target.value)} /></label>`;
}

/** @param {{ label: string, value: string, names: string[], choose: (chosen: string) => void }} props */
function Choice({ label, value, names, choose }) {
  const all = value && !names.includes(value) ? [value, ...names] : names;
  return html`<select aria-label=${label} value=${value} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
    <option value="">${label}</option>
    ${all.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
  </select>`;
}

/**
 * The names in a list, and others that it lacks: of what has gone, or of timm.
 *
 * @param {import("../../api/resource.js").Resource<{ items: { name: string }[] }>} list
 * @param {string[]} others
 */
function namesIn(list, others) {
  const names = (list.data?.items ?? []).map(({ name }) => name);
  return [...new Set([...names, ...others])].toSorted();
}
