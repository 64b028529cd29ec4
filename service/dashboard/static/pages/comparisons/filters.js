/** Narrows the list to a status, and to a tag that some of its rows have. */

import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { changeQuery } from "../../router.js";

const STATUSES = ["queued", "running", "succeeded", "failed", "cancelled"];

/** @param {{ rows: import("bakeoff-api").ComparisonSummary[], tag: string, status: string }} props */
export function Filters({ rows, tag, status }) {
  const tags = [...new Set(rows.flatMap((row) => row.tags ?? []))].sort();
  const change = (/** @type {string} */ name) => (/** @type {any} */ event) => changeQuery({ [name]: event.target.value, page: undefined });
  return html`<div class="filters">
    <label>Status
      <select value=${status} onChange=${change("status")}><option value="">any</option>${STATUSES.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select>
    </label>
    ${(tags.length > 0 || tag) && html`<label>Tag
      <select value=${tag} onChange=${change("tag")}><option value="">any</option>${[...new Set([...tags, ...(tag ? [tag] : [])])].map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select>
    </label>`}
    ${(tag || status) && html`<button class="button" data-kind="quiet" type="button" onClick=${() => changeQuery({ tag: undefined, status: undefined, page: undefined })}><${Icon} name="close" />All comparisons</button>`}
  </div>`;
}
