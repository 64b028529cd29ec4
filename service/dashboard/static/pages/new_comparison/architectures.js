/** The architectures that are compared: what was chosen, each with its options, and the catalogue to choose from. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Catalogue } from "./catalogue.js";
import { Chosen } from "./chosen.js";
import { Refusal } from "./field.js";

/** @typedef {import("./request.js").Entry} Entry */

/**
 * @param {{ entries: Entry[], change: (entries: Entry[]) => void, dataset: string, query: Record<string, string>, refusals: Map<string, string>,
 *   costs: any[], original?: Entry[] }} props the dataset is "" where it is not ready; `costs` are those of the entries
 */
export function Architectures({ entries, change, dataset, query, refusals, costs, original }) {
  const set = (/** @type {number} */ index) => (/** @type {Entry} */ entry) => change(entries.with(index, entry));
  const remove = (/** @type {number} */ index) => () => change(entries.toSpliced(index, 1));
  const add = (/** @type {string} */ name) => change([...entries, labelled(name, entries)]);
  const gone = original?.filter((was) => !entries.some((entry) => titleOf(entry) === titleOf(was))) ?? [];
  return html`<${Section} title="Architectures" aside=${entries.length ? `${entries.length} chosen` : null}>
    <${Refusal} message=${refusals.get("architectures")} />
    ${entries.length === 0
      ? html`<${Empty} title="None is chosen yet"><p>Add two or more from the catalogue below.</p></${Empty}>`
      : html`<ol class="request-chosen" aria-label="Chosen architectures">
          ${entries.map((entry, index) => html`<${Chosen} key=${titleOf(entry)} index=${index} entry=${entry} change=${set(index)} remove=${remove(index)}
            dataset=${dataset} refusals=${refusals} cost=${costs[index]} original=${original && originalOf(entry, original)} />`)}
        </ol>`}
    ${gone.length > 0 && html`<p class="request-gone"><span class="request-was">removed</span> ${gone.map(
      (entry) => html`<button key=${titleOf(entry)} class="button" data-kind="quiet" type="button" onClick=${() => change([...entries, entry])}>Put back <bdi>${titleOf(entry)}</bdi></button>`,
    )}</p>`}
    <h3 class="catalogue-title">Catalogue</h3>
    <p class="hint catalogue-hint">Each block of a picture is a stage: its height is the side of the feature maps, or how many units a layer has, its width the number of channels.</p>
    <${Catalogue} dataset=${dataset} chosen=${entries.map(({ name }) => name)} add=${add} query=${query} />
  </${Section}>`;
}

/** @param {Entry} entry */
function titleOf({ name, label }) {
  return label ?? name;
}

/**
 * The entry that this was, for its differences to be marked; `null`: it is new.
 *
 * @param {Entry} entry
 * @param {Entry[]} original
 */
function originalOf(entry, original) {
  return original.find((was) => titleOf(was) === titleOf(entry)) ?? null;
}

/**
 * A further entry, under a label that no other has.
 *
 * @param {string} name
 * @param {Entry[]} entries
 * @returns {Entry}
 */
function labelled(name, entries) {
  const taken = entries.map(titleOf);
  if (!taken.includes(name)) return { name };
  let number = 2;
  while (taken.includes(`${name} ${number}`)) number += 1;
  return { name, label: `${name} ${number}` };
}
