/** Names and values, in columns as there is room; and any JSON as such lists and tables. */

import { html } from "../../components/html.js";
import { inWords, number } from "../../components/formats.js";

/** @typedef {import("../../components/html.js").Children} Children */

const MOST_ROWS = 50;

/** @param {{ facts: [string, Children][] }} props what is null is left out */
export function Facts({ facts }) {
  return html`<dl class="job-facts">
    ${facts.filter(([, value]) => value != null && value !== "").map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`)}
  </dl>`;
}

/**
 * The result of a job of any kind: what is single as a list, what is a list of objects as a table.
 *
 * @param {{ values: Record<string, any> }} props
 */
export function Values({ values }) {
  const entries = Object.entries(values);
  const single = entries.filter(([, value]) => !isStructure(value));
  const structures = entries.filter(([, value]) => isStructure(value) && Object.keys(value).length > 0);
  return html`<div class="job-values">
    ${single.length > 0 && html`<${Facts} facts=${single.map(([name, value]) => [inWords(name), written(value)])} />`}
    ${structures.map(([name, value]) => html`<div key=${name} class="job-values-part"><h3>${inWords(name)}</h3>
      ${Array.isArray(value) ? html`<${Rows} name=${inWords(name)} rows=${value} />` : html`<${Values} values=${value} />`}</div>`)}
  </div>`;
}

/** @param {{ name: string, rows: Record<string, any>[] }} props */
function Rows({ name, rows }) {
  const columns = Object.keys(rows[0]).filter((column) => rows.every((row) => !isStructure(row[column])));
  return html`<div class="table-frame"><div class="table-scroll" tabindex="0" role="region" aria-label=${name}>
    <table class="table">
      <thead><tr>${columns.map((column) => html`<th key=${column} scope="col" data-numeric=${isNumeric(rows, column)}>${inWords(column)}</th>`)}</tr></thead>
      <tbody>${rows.slice(0, MOST_ROWS).map((row, index) => html`<tr key=${index}>${columns.map(
        (column) => html`<td key=${column} data-numeric=${isNumeric(rows, column)}><bdi>${written(row[column])}</bdi></td>`,
      )}</tr>`)}</tbody>
    </table>
  </div>${rows.length > MOST_ROWS && html`<p class="pager">The first ${MOST_ROWS} of ${rows.length}</p>`}</div>`;
}

/** @param {unknown} value */
export function written(value) {
  if (typeof value === "number") return Number.isInteger(value) ? value.toLocaleString("en") : number(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value == null ? "–" : Array.isArray(value) ? value.map(String).join(", ") : String(value);
}

/** Whether a value has parts with names: an object, or a list of objects. @param {any} value */
function isStructure(value) {
  if (Array.isArray(value)) return typeof value[0] === "object" && value[0] !== null && !Array.isArray(value[0]);
  return typeof value === "object" && value !== null;
}

/** @param {any[]} rows @param {string} column */
function isNumeric(rows, column) {
  return rows.every((row) => row[column] == null || typeof row[column] === "number");
}
