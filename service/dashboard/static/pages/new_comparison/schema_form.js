/** A form made from a JSON schema: a control for each property, with its meaning, its bounds and its default. */

import { html } from "../../components/html.js";
import { SchemaField } from "./schema_field.js";

/**
 * @typedef {object} FormProps
 * @property {string} at where the form stands in the request, such as `recipe`; a refusal names its fields by it
 * @property {Record<string, import("./schema_values.js").Schema>} properties
 * @property {Record<string, unknown>} values of the fields that are not at their default
 * @property {(values: Record<string, unknown>) => void} onChange
 * @property {Map<string, string>} refusals
 * @property {Record<string, unknown>} [original] the values that this is a clone of, whose differences are marked
 */

/** @param {FormProps} props */
export function SchemaForm({ at, properties, values, onChange, refusals, original }) {
  const set = (/** @type {string} */ name, /** @type {unknown} */ value) => {
    const { [name]: _, ...others } = values;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  return html`<div class="request-grid">
    ${Object.entries(properties).map(
      ([name, schema]) => html`<${SchemaField} key=${name} name=${name} at=${`${at}.${name}`} schema=${schema} value=${values[name]}
        onChange=${(/** @type {unknown} */ value) => set(name, value)} refusal=${refusals.get(`${at}.${name}`)} original=${original && { value: original[name] }} />`,
    )}
  </div>`;
}

/**
 * Whether one of the fields is not at its default, or was refused: then they are not folded away.
 *
 * @param {FormProps} props
 */
export function isTouched({ at, properties, values, refusals }) {
  return Object.keys(properties).some((name) => name in values || refusals.has(`${at}.${name}`));
}
