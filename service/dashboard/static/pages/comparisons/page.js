/** Every comparison, newest first, to be searched, narrowed by tag and status, and sorted. */

import { usePages } from "../../api/resource.js";
import { html } from "../../components/html.js";
import { ErrorNotice, Loading } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { Table } from "../../components/table.js";
import { link } from "../../router.js";
import { useAtMost } from "../../state/at_most.js";
import { useLive } from "../../state/live.js";
import { COLUMNS } from "./columns.js";
import { Filters } from "./filters.js";
import { useFound } from "./search.js";

/** @typedef {import("bakeoff-api").ComparisonSummary} Comparison */

const PAUSE = 2000; // milliseconds between two looks at what has changed

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ query }) {
  const { tag = "", status = "", find = "" } = query;
  const { items, error, loading, more, reload } = usePages("v1/comparisons", { limit: 100, tag });
  const found = useFound({ find, tag, isWhole: more === null });
  const reloadSoon = useAtMost(reload, PAUSE);
  useLive(({ kind }) => {
    if (kind === "status") reloadSoon();
  });
  const all = [...new Map([...items, ...found].map((row) => [row.id, row])).values()];
  const rows = all.filter((row) => !status || row.status === status);
  const start = html`<a class="button" data-kind="primary" href=${link("/comparisons/new")}>New comparison</a>`;
  return html`<${PageFrame} title="Comparisons" actions=${start}>
    <${ErrorNotice} error=${error} retry=${reload} />
    <${Filters} rows=${all} tag=${tag} status=${status} />
    ${loading && items.length === 0
      ? html`<${Loading} />`
      : html`<${Table} label="Comparisons" noun="comparison" columns=${COLUMNS} rows=${rows} rowKey=${(/** @type {Comparison} */ row) => row.id} more=${more} />`}
  </${PageFrame}>`;
}
