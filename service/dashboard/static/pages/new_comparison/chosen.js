/** A chosen architecture: its picture and size, what it starts from, its label and its options. */

import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Facts, Picture } from "./card.js";
import { Field, Refusal, Was } from "./field.js";
import { SchemaForm, isTouched } from "./schema_form.js";
import { useArchitecture } from "./sizes.js";
import { Start, startOf } from "./start.js";

/** @typedef {import("./request.js").Entry} Entry */

/**
 * @param {{ index: number, entry: Entry, change: (entry: Entry) => void, remove: () => void, dataset: string, refusals: Map<string, string>,
 *   cost: any, original: Entry | null | undefined }} props `original` is null where the clone has no such entry
 */
export function Chosen({ index, entry, change, remove, dataset, refusals, cost, original }) {
  const { name, label, options = {} } = entry;
  const at = `architectures.${index}`;
  const architecture = useArchitecture(name, dataset);
  const size = architecture.data?.size;
  const setOptions = (/** @type {Record<string, unknown>} */ changed) => change({ ...entry, options: changed });
  const isSized = cost?.num_parameters != null;
  return html`<li class="chosen-card panel" data-at=${at} tabindex="-1" data-new=${original === null}>
    <${Picture} name=${name} dataset=${dataset} architecture=${architecture} />
    <div class="chosen-words">
      <div class="chosen-head">
        <h3><bdi>${label ?? name}</bdi>${label && html` <span class="faint"><bdi>${name}</bdi></span>`}</h3>
        ${original === null && html`<span class="request-was">added</span>`}
        <button class="button" data-kind="quiet" type="button" aria-label=${`Remove ${label ?? name}`} onClick=${remove}><${Icon} name="close" />Remove</button>
      </div>
      <${Facts} parameters=${isSized ? cost.num_parameters : size?.num_parameters ?? architecture.data?.num_parameters} flops=${isSized ? cost.flops : size?.flops}
        dataset=${size?.dataset} pretrained=${architecture.data?.pretrained} />
      <${Refusal} message=${refusals.get(at)} />
      ${architecture.data?.pretrained && html`<${Start} name=${label ?? name} options=${options} onChange=${setOptions} />`}
      ${original && startOf(original.options ?? {}) !== startOf(options) && html`<${Was} was=${startOf(original.options ?? {})} />`}
      <${Options} at=${at} entry=${entry} change=${change} schema=${architecture.data?.options} refusals=${refusals} original=${original ?? undefined} />
    </div>
  </li>`;
}

/**
 * @param {{ at: string, entry: Entry, change: (entry: Entry) => void, schema: any, refusals: Map<string, string>, original?: Entry }} props
 */
function Options({ at, entry, change, schema, refusals, original }) {
  if (!schema) return null;
  const { train: _, ...properties } = schema.properties ?? {}; // which Start chooses
  const form = {
    at: `${at}.options`,
    properties,
    values: entry.options ?? {},
    onChange: (/** @type {Record<string, unknown>} */ options) => change({ ...entry, options }),
    refusals,
    original: original && (original.options ?? {}),
  };
  const changed = Object.keys(form.values).filter((name) => name in properties).length;
  return html`<details class="request-more" open=${isRefused(form)}>
    <summary>Label and options${changed > 0 && html` <span class="faint">${changed} chosen</span>`}</summary>
    <div class="request-grid"><${Label} at=${`${at}.label`} entry=${entry} change=${change} refusal=${refusals.get(`${at}.label`)} /></div>
    <${SchemaForm} ...${form} />
  </details>`;
}

/** @param {import("./schema_form.js").FormProps} form */
function isRefused(form) {
  return isTouched({ ...form, values: {} });
}

/** @param {{ at: string, entry: Entry, change: (entry: Entry) => void, refusal?: string }} props */
function Label({ at, entry, change, refusal }) {
  const set = (/** @type {any} */ event) => change({ ...entry, label: event.currentTarget.value || undefined });
  return html`<${Field} label="Label" at=${at} hint="what charts call it, for one architecture with several options" refusal=${refusal}>
    ${(/** @type {object} */ attributes) => html`<input ...${attributes} type="text" maxlength="60" autocomplete="off" value=${entry.label ?? ""}
      placeholder=${entry.name} onChange=${set} />`}
  </${Field}>`;
}
