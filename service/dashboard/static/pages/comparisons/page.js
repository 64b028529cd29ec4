/** Every comparison, newest first, to be searched and sorted. */

import { usePages } from "../../api/resource.js";
import { percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { ErrorNotice, Loading } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { Status } from "../../components/status.js";
import { Table } from "../../components/table.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";

/** @typedef {import("bakeoff-api").ComparisonSummary} Comparison */

/** @type {import("../../components/table.js").Column<Comparison>[]} */
const COLUMNS = [
  {
    key: "name",
    label: "Name",
    fixed: true,
    value: (row) => row.name,
    cell: (row) => html`<a class="cell-name" href=${link(`/comparisons/${row.id}`)}><bdi>${row.name}</bdi></a>`,
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
];

export function Page() {
  const { items, error, loading, more, reload } = usePages("v1/comparisons", { limit: 100 });
  const start = html`<a class="button" data-kind="primary" href=${link("/comparisons/new")}>New comparison</a>`;
  return html`<${PageFrame} title="Comparisons" actions=${start}>
    <${ErrorNotice} error=${error} retry=${reload} />
    ${loading && items.length === 0
      ? html`<${Loading} />`
      : html`<${Table} label="Comparisons" noun="comparison" columns=${COLUMNS} rows=${items} rowKey=${(/** @type {Comparison} */ row) => row.id} more=${more} />`}
  </${PageFrame}>`;
}
