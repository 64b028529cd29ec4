/** How everything is trained: a form made from the schema of a recipe, with presets to start from. */

import { useResource } from "../../api/resource.js";
import { inWords } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Refusal } from "./field.js";
import { same } from "./request.js";
import { SchemaForm, isTouched } from "./schema_form.js";

const FIRST = 9; // fields that are always shown: those that are changed most stand first in the schema

/**
 * @typedef {object} RecipeProps
 * @property {Record<string, unknown>} values
 * @property {(values: Record<string, unknown>) => void} onChange
 * @property {Map<string, string>} refusals
 * @property {Record<string, unknown>} [original]
 */

/** @param {RecipeProps} props */
export function Recipe(props) {
  const document = useResource("openapi.json");
  return html`<${Section} title="Recipe" aside="the same for every architecture">
    <${Loaded} of=${document}>${(/** @type {any} */ { components }) => html`<${Form} ...${props} schemas=${components.schemas} />`}</${Loaded}>
  </${Section}>`;
}

/** @param {RecipeProps & { schemas: any }} props */
function Form({ schemas, ...props }) {
  const { values, onChange, refusals } = props;
  const properties = Object.entries(schemas.Recipe.properties);
  const first = { at: "recipe", properties: Object.fromEntries(properties.slice(0, FIRST)), ...props };
  const others = { at: "recipe", properties: Object.fromEntries(properties.slice(FIRST)), ...props };
  return html`<div class="panel request-panel">
    <${Presets} presets=${presetsOf(schemas)} values=${values} onChange=${onChange} />
    <${Refusal} message=${refusals.get("recipe")} />
    <${SchemaForm} ...${first} />
    <details class="request-more" open=${isTouched(others)}>
      <summary>More fields</summary>
      <${SchemaForm} ...${others} />
    </details>
  </div>`;
}

/**
 * @param {{ presets: [string, Record<string, unknown>][], values: Record<string, unknown>, onChange: RecipeProps["onChange"] }} props
 */
function Presets({ presets, values, onChange }) {
  return html`<div class="request-presets" role="group" aria-label="Start from">
    <span class="hint">Start from</span>
    ${[["defaults", {}], ...presets].map(
      ([name, fields]) => html`<button key=${name} class="button" type="button" aria-pressed=${same(values, fields)}
        onClick=${() => onChange(/** @type {any} */ (fields))}>${inWords(/** @type {string} */ (name))}</button>`,
    )}
  </div>`;
}

/**
 * Name and fields of each preset, as the schema of a request states them.
 *
 * @param {any} schemas
 * @returns {[string, Record<string, unknown>][]}
 */
function presetsOf(schemas) {
  const accepted = schemas.NewComparison.properties.recipe.anyOf ?? [];
  return Object.entries(accepted.find((/** @type {any} */ form) => form["x-presets"])?.["x-presets"] ?? {});
}
