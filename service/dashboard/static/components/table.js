/**
 * A table that the reader sorts, filters and narrows; its state is part of the address.
 *
 * The parameters of the address are `sort` (`-loss`: downwards), `find`, `hide` (`loss,accuracy`), `show` (of the extra columns) and
 * `page`.
 */

import { address, changeQuery } from "../router.js";
import { counted } from "./formats.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Empty } from "./notices.js";
import { arrange } from "./table_rows.js";

const PAGE = 50; // rows

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} key its name in the address
 * @property {string} label
 * @property {(row: Row) => string | number | null | undefined} value what is sorted and searched
 * @property {(row: Row) => import("./html.js").Children} [cell] what is shown, if not the value
 * @property {boolean} [numeric] aligned at its right
 * @property {boolean} [fixed] cannot be hidden
 * @property {boolean} [extra] hidden until it is asked for
 */

/**
 * @param {{ label: string, columns: Column<any>[], rows: any[], rowKey: (row: any) => string, noun?: string,
 *   more?: (() => Promise<void>) | null, prefix?: string, search?: boolean, pinned?: string }} props
 *   `noun` is what a row is; `more` loads further rows; `prefix` keeps the parameters of two tables of a page apart;
 *   `search`: false where the page has a search of its own; `pinned` is the key of a row that stands first
 */
export function Table({ label, columns, rows, rowKey, noun = "row", more = null, prefix = "", search = true, pinned }) {
  const view = readView(prefix);
  const shown = columns.filter((column) => isShown(column, view));
  const { found, page, pages } = arrange(rows, columns, view, PAGE);
  const lines = page.toSorted((first, second) => Number(rowKey(second) === pinned) - Number(rowKey(first) === pinned));
  const change = (/** @type {Record<string, string | undefined>} */ changes) =>
    changeQuery(Object.fromEntries(Object.entries(changes).map(([name, value]) => [prefix + name, value])));
  return html`<div class="table-frame">
    <div class="table-bar">
      ${search && html`<label class="search"><${Icon} name="search" /><span class="visually-hidden">Find in ${label}</span>
        <input type="search" value=${view.find} placeholder="Find"
          onInput=${(/** @type {any} */ event) => change({ find: event.target.value, page: undefined })} /></label>`}
      <span class="table-count" role="status">${counted(found, noun)}${more ? " so far" : ""}</span>
      <${HiddenColumns} columns=${columns} view=${view} change=${change} />
    </div>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${label}>
      <table class="table">
        <thead><tr>${shown.map((column) => html`<${Heading} key=${column.key} column=${column} sort=${view.sort} change=${change} />`)}</tr></thead>
        <tbody>${lines.map((row) => html`<${Line} key=${rowKey(row)} row=${row} columns=${shown} isPinned=${rowKey(row) === pinned} />`)}</tbody>
      </table>
    </div>
    ${found === 0 && html`<${Empty} title=${view.find ? `No ${noun} matches “${view.find}”` : `There is no ${noun} yet`} />`}
    <${Pager} page=${view.page} pages=${pages} change=${change} more=${more} />
  </div>`;
}

/** @param {string} prefix */
function readView(prefix) {
  const { query } = address.value;
  const [sort = "", find = "", hide = "", show = "", page = "1"] = ["sort", "find", "hide", "show", "page"].map((name) => query[prefix + name]);
  const [hidden, asked] = [hide, show].map((keys) => keys.split(",").filter(Boolean));
  return { sort, find, hidden, asked, page: Math.max(1, Number.parseInt(page, 10) || 1) };
}

/**
 * @param {Column<any>} column
 * @param {{ hidden: string[], asked: string[] }} view
 */
function isShown({ key, fixed, extra }, { hidden, asked }) {
  return fixed || (extra ? asked.includes(key) : !hidden.includes(key));
}

/** @param {{ column: Column<any>, sort: string, change: (changes: object) => void }} props */
function Heading({ column, sort, change }) {
  const direction = { [column.key]: "ascending", [`-${column.key}`]: "descending" }[sort];
  const next = direction === "ascending" ? `-${column.key}` : column.key;
  return html`<th scope="col" data-numeric=${column.numeric} aria-sort=${direction ?? "none"}>
    <button type="button" onClick=${() => change({ sort: next, page: undefined })}>
      ${column.label}${direction && html`<${Icon} name=${direction} />`}
    </button>
  </th>`;
}

/** @param {{ row: any, columns: Column<any>[], isPinned: boolean }} props */
function Line({ row, columns, isPinned }) {
  return html`<tr data-pinned=${isPinned || null}>${columns.map(
    (column) => html`<td key=${column.key} data-numeric=${column.numeric}>${column.cell ? column.cell(row) : html`<bdi>${column.value(row) ?? "–"}</bdi>`}</td>`,
  )}</tr>`;
}

/** @param {{ columns: Column<any>[], view: { hidden: string[], asked: string[] }, change: (changes: object) => void }} props */
function HiddenColumns({ columns, view, change }) {
  const toggle = (/** @type {Column<any>} */ { key, extra }) => {
    const keys = extra ? view.asked : view.hidden;
    const rest = keys.filter((name) => name !== key);
    change({ [extra ? "show" : "hide"]: (rest.length < keys.length ? rest : [...keys, key]).join(",") });
  };
  return html`<details class="menu">
    <summary class="button" data-kind="quiet">Columns</summary>
    <div class="menu-items">
      ${columns
        .filter((column) => !column.fixed)
        .map(
          (column) => html`<label key=${column.key} class="menu-item">
            <input type="checkbox" checked=${isShown(column, view)} onChange=${() => toggle(column)} />${column.label}
          </label>`,
        )}
    </div>
  </details>`;
}

/** @param {{ page: number, pages: number, change: (changes: object) => void, more: (() => Promise<void>) | null }} props */
function Pager({ page, pages, change, more }) {
  if (pages <= 1 && !more) return null;
  const go = (/** @type {number} */ to) => () => change({ page: to === 1 ? undefined : String(to) });
  return html`<nav class="pager" aria-label="Pages">
    <button class="button" type="button" disabled=${page <= 1} onClick=${go(page - 1)}>Previous</button>
    <span>Page ${Math.min(page, pages)} of ${pages}</span>
    <button class="button" type="button" disabled=${page >= pages} onClick=${go(page + 1)}>Next</button>
    ${more && html`<button class="button" type="button" onClick=${more}>Load more</button>`}
  </nav>`;
}
