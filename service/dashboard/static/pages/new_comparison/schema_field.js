/** One field of a form that is made from a JSON schema. */

import { useState } from "preact/hooks";

import { inWords } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Field } from "./field.js";
import { same } from "./request.js";
import { boundsOf, controlOf, fromText, toText } from "./schema_values.js";

/**
 * @typedef {object} FieldProps
 * @property {string} name
 * @property {string} at its place in the request
 * @property {import("./schema_values.js").Schema} schema
 * @property {unknown} value undefined: the default
 * @property {(value: unknown) => void} onChange
 * @property {string} [refusal]
 * @property {{ value: unknown }} [original] of the request that was cloned
 */

/** @param {FieldProps} props */
export function SchemaField(props) {
  const { name, at, schema, value, refusal, original } = props;
  const shown = value ?? schema.default;
  const was = original && (original.value ?? schema.default);
  const differs = original && !same(was, shown);
  const Control = CONTROLS[controlOf(schema)];
  return html`<${Field} label=${inWords(name)} at=${at} hint=${explain(schema)} refusal=${refusal} was=${differs ? said(was) : undefined}>
    ${(/** @type {object} */ attributes) => html`<${Control} ...${props} attributes=${attributes} />`}
  </${Field}>`;
}

/** @param {FieldProps & { attributes: object }} props */
function Choice({ schema, value, onChange, attributes }) {
  const options = schema.enum ?? [];
  const chosen = options.findIndex((option) => same(option, value ?? schema.default));
  const choose = (/** @type {any} */ event) => {
    const option = options[Number(event.currentTarget.value)];
    onChange(same(option, schema.default) ? undefined : option);
  };
  return html`<select ...${attributes} onChange=${choose}>
    ${chosen < 0 && html`<option value="-1" selected>${toText(value)}</option>`}
    ${options.map((option, index) => html`<option key=${index} value=${index} selected=${index === chosen}>${said(option)}</option>`)}
  </select>`;
}

/** @param {FieldProps & { attributes: object }} props */
function Switch({ schema, value, onChange, attributes }) {
  const change = (/** @type {any} */ event) =>
    onChange(event.currentTarget.checked === schema.default ? undefined : event.currentTarget.checked);
  return html`<input ...${attributes} type="checkbox" checked=${value ?? schema.default} onChange=${change} />`;
}

/** @param {FieldProps & { attributes: object }} props */
function Typed({ schema, value, onChange, attributes }) {
  const [typed, setTyped] = useState(toText(value));
  // What is typed stays as it is while it means the value: "0." and "1e-3" are not rewritten under the cursor.
  const shown = same(fromText(typed, schema), value) ? typed : toText(value);
  const change = (/** @type {any} */ event) => {
    setTyped(event.currentTarget.value);
    onChange(fromText(event.currentTarget.value, schema));
  };
  const isNumber = schema.type === "integer" || schema.type === "number";
  return html`<input ...${attributes} type="text" inputmode=${isNumber ? "decimal" : "text"} autocomplete="off" spellcheck=${false}
    value=${shown} placeholder=${said(schema.default)} onInput=${change} />`;
}

const CONTROLS = { choice: Choice, switch: Switch, text: Typed };

/** @param {import("./schema_values.js").Schema} schema */
function explain(schema) {
  const isTyped = controlOf(schema) === "text";
  const usual = isTyped && schema.default !== undefined ? `default ${said(schema.default)}` : "";
  return [schema.description, isTyped && boundsOf(schema), usual].filter(Boolean).join(" · ");
}

/** @param {unknown} value */
function said(value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value.replaceAll("_", " ") : toText(value);
}
