/** The columns of the list. What is hidden at first is searched too. */

import { percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Status } from "../../components/status.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";

/** @typedef {import("bakeoff-api").ComparisonSummary} Comparison */

/** @type {import("../../components/table.js").Column<Comparison>[]} */
export const COLUMNS = [
  {
    key: "name",
    label: "Name",
    fixed: true,
    value: (row) => row.name,
    cell: (row) => html`<div class="cell-name"><a href=${link(`/comparisons/${row.id}`)}><bdi>${row.name}</bdi></a><${Tags} tags=${row.tags ?? []} /></div>`,
  },
  { key: "status", label: "Status", value: (row) => row.status, cell: (row) => html`<${Status} status=${row.status} />` },
  { key: "dataset", label: "Dataset", value: (row) => row.dataset },
  { key: "leader", label: "Leads", value: (row) => row.leader?.architecture },
  {
    key: "accuracy",
    label: "Test accuracy",
    numeric: true,
    value: (row) => row.leader?.test_accuracy,
    cell: (row) => percent(row.leader?.test_accuracy),
  },
  {
    key: "jobs",
    label: "Jobs",
    numeric: true,
    value: (row) => row.num_jobs,
    cell: (row) => (row.num_ended < row.num_jobs ? `${row.num_ended} of ${row.num_jobs}` : row.num_jobs),
  },
  { key: "created", label: "Created", value: (row) => row.created_at, cell: (row) => html`<${Time} at=${row.created_at} />` },
  { key: "architectures", label: "Architectures", extra: true, value: (row) => row.architectures.map(({ label }) => label).join(", "), cell: (row) => wide(row.architectures.map(({ label }) => label).join(", ")) },
  { key: "note", label: "Note", extra: true, value: (row) => row.note, cell: (row) => wide(row.note) },
  { key: "tags", label: "Tags", extra: true, value: (row) => (row.tags ?? []).join(", ") },
  { key: "recipe", label: "Recipe", extra: true, value: (row) => row.recipe_hash, cell: (row) => html`<code>${row.recipe_hash}</code>` },
  { key: "id", label: "Id", extra: true, value: (row) => row.id, cell: (row) => html`<code>${row.id}</code>` },
];

/**
 * A text that may take several lines.
 *
 * @param {string | null} text
 */
function wide(text) {
  return html`<span class="cell-name"><bdi>${text ?? "–"}</bdi></span>`;
}

/** @param {{ tags: string[] }} props */
function Tags({ tags }) {
  if (tags.length === 0) return null;
  return html`<span class="row-tags">${tags.map((tag) => html`<a key=${tag} class="tag" href=${link("/comparisons", { tag })}><bdi>${tag}</bdi></a>`)}</span>`;
}
