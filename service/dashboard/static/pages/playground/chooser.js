/** Which models answer, with what engine, and how many classes each of them lists; all of it is in the address. */

import { useResource } from "../../api/resource.js";
import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { changeQuery } from "../../router.js";
import { ANY } from "./selection.js";

/** @typedef {import("./selection.js").Selection} Selection */

export const TOP_K = "5";
const COUNTS = ["1", "3", "5", "10", "100"];

/** @param {{ selection: Selection, query: Record<string, string> }} props */
export function Chooser({ selection, query }) {
  return html`<div class="chooser">
    <${ChooseComparison} selection=${selection} />
    <${ChooseModels} selection=${selection} />
    <${ChooseEngine} engine=${query.engine ?? ""} />
    <label class="field">Classes
      <select value=${query.top_k ?? TOP_K} onChange=${change("top_k", TOP_K)}>
        ${[...new Set([...COUNTS, query.top_k ?? TOP_K])].map((number) => html`<option key=${number} value=${number}>${number}</option>`)}
      </select>
    </label>
  </div>`;
}

/** @param {{ selection: Selection }} props */
function ChooseComparison({ selection: { comparison, comparisons } }) {
  const choose = (/** @type {any} */ event) => changeQuery({ comparison: event.target.value, models: undefined });
  return html`<label class="field chooser-comparison">Comparison
    <select value=${comparison} onChange=${choose}>
      ${comparisons.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
      <option value=${ANY}>Any models and aliases</option>
    </select>
  </label>`;
}

/** @param {{ selection: Selection }} props */
function ChooseModels({ selection: { comparison, candidates, chosen } }) {
  const ids = chosen.map(({ id }) => id);
  const toggle = (/** @type {string} */ id) => {
    const next = ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id];
    if (next.length) changeQuery({ comparison, models: next.join(",") });
  };
  const unlisted = chosen.filter(({ id }) => !candidates.some((candidate) => candidate.id === id));
  return html`<div class="field">Models
    <details class="menu chooser-models">
      <summary class="button">${counted(ids.length, "model")} of ${candidates.length + unlisted.length}</summary>
      <fieldset class="menu-items">
        <legend class="visually-hidden">Models that answer</legend>
        ${[...candidates, ...unlisted].map(
          ({ id, name, about }) => html`<label key=${id} class="menu-item">
            <input type="checkbox" checked=${ids.includes(id)} disabled=${ids.length === 1 && ids[0] === id} onChange=${() => toggle(id)} />
            <span><bdi>${name}</bdi> <span class="faint"><bdi>${about}</bdi></span></span>
          </label>`,
        )}
      </fieldset>
    </details>
  </div>`;
}

/** @param {{ engine: string }} props */
function ChooseEngine({ engine }) {
  const engines = useResource("v1/engines");
  const names = (engines.data?.items ?? []).map((/** @type {{ name: string }} */ { name }) => name);
  return html`<label class="field">Engine
    <select value=${engine} onChange=${change("engine", "")}>
      <option value="">the fastest of each</option>
      ${[...new Set([...names, ...(engine ? [engine] : [])])].map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
    </select>
  </label>`;
}

/**
 * Writes a choice to the address, which leaves out what is chosen anyway.
 *
 * @param {string} name
 * @param {string} standard
 */
function change(name, standard) {
  return (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.currentTarget);
    changeQuery({ [name]: value === standard ? undefined : value });
  };
}
