/** Every job, newest first: the service filters and searches, the table sorts what has come. */

import { useResource, usePages } from "../../api/resource.js";
import { duration } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { describeJob } from "../../components/jobs.js";
import { Tags } from "../../components/labels.js";
import { ErrorNotice, Loading } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { Status } from "../../components/status.js";
import { Table } from "../../components/table.js";
import { Time } from "../../components/time.js";
import { changeQuery, link } from "../../router.js";
import { useLive } from "../../state/live.js";

/** @typedef {import("bakeoff-api").JobDocument} Job */

const STATUSES = ["queued", "running", "succeeded", "failed", "cancelled"];
const KINDS = ["train", "features", "fetch", "upload", "checks", "latency", "quantise"];

/** @type {import("../../components/table.js").Column<Job>[]} */
const COLUMNS = [
  {
    key: "job",
    label: "Job",
    fixed: true,
    value: titleOf,
    cell: (row) => html`<div class="cell-name"><a href=${link(`/jobs/${row.id}`)}><bdi>${titleOf(row)}</bdi></a><${Tags} tags=${row.tags} list="/jobs" /></div>`,
  },
  { key: "status", label: "Status", value: (row) => row.status, cell: (row) => html`<${Status} status=${row.status} />` },
  { key: "kind", label: "Kind", value: (row) => row.kind },
  { key: "dataset", label: "Dataset", value: (row) => row.dataset },
  {
    key: "comparison",
    label: "Comparison",
    value: (row) => row.comparison_id,
    cell: (row) => (row.comparison_id ? html`<a href=${link(`/comparisons/${row.comparison_id}`)}>${row.comparison_id}</a>` : "–"),
  },
  { key: "took", label: "Took", numeric: true, value: secondsOf, cell: (row) => duration(secondsOf(row)) },
  { key: "created", label: "Asked for", value: (row) => row.created_at, cell: (row) => html`<${Time} at=${row.created_at} />` },
];

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ query: { status = "", kind = "", dataset = "", search = "", tag = "" } }) {
  const { items, error, loading, more, reload } = usePages("v1/jobs", { status, kind, dataset, search, tag, limit: 100 });
  useLive((event) => {
    if (event.kind === "status" || event.kind === "ready") reload();
  });
  const tags = [...new Set([...items.flatMap((/** @type {Job} */ job) => job.tags), ...(tag ? [tag] : [])])].toSorted();
  const isFirst = loading && items.length === 0;
  return html`<${PageFrame} title="Jobs">
    <div class="job-filters" role="search" aria-label="Jobs">
      <label class="search"><${Icon} name="search" /><span class="visually-hidden">Search jobs</span>
        <input type="search" value=${search} maxlength="100" placeholder="Search jobs" onInput=${write("search")} /></label>
      <${Filter} label="Status" name="status" value=${status} options=${STATUSES} />
      <${Filter} label="Kind" name="kind" value=${kind} options=${KINDS} />
      <${DatasetFilter} value=${dataset} />
      ${(tags.length > 0 || tag) && html`<${Filter} label="Tag" name="tag" value=${tag} options=${tags} />`}
    </div>
    <${ErrorNotice} error=${error} retry=${reload} />
    ${isFirst
      ? html`<${Loading} />`
      : html`<${Table} label="Jobs" noun="job" columns=${COLUMNS} rows=${items} rowKey=${(/** @type {Job} */ row) => row.id} more=${more} search=${false} />`}
  </${PageFrame}>`;
}

/** @param {{ value: string }} props */
function DatasetFilter({ value }) {
  const { data } = useResource("v1/datasets");
  const names = (data?.items ?? []).map((/** @type {{ name: string }} */ { name }) => name);
  return html`<${Filter} label="Dataset" name="dataset" value=${value} options=${value && !names.includes(value) ? [value, ...names] : names} />`;
}

/** @param {{ label: string, name: string, value: string, options: string[] }} props */
function Filter({ label, name, value, options }) {
  return html`<label class="job-filter"><span class="hint">${label}</span>
    <select onChange=${write(name)}>
      <option value="" selected=${value === ""}>all</option>
      ${options.map((option) => html`<option key=${option} value=${option} selected=${option === value}>${option}</option>`)}
    </select></label>`;
}

/** @param {string} name of the parameter that the control writes */
function write(name) {
  return (/** @type {any} */ event) => changeQuery({ [name]: event.currentTarget.value, page: undefined });
}

/** @param {Job} job */
function titleOf(job) {
  return job.name ?? describeJob(job, []).title;
}

/** @param {Job} job */
function secondsOf({ started_at: started, finished_at: finished }) {
  return started && finished ? (Date.parse(finished) - Date.parse(started)) / 1000 : null;
}
