/** The leaderboard: every number with its interval drawn in the cell, and with its difference to a baseline that is pinned. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { Table } from "../../components/table.js";
import { changeQuery, link } from "../../router.js";
import { Interval, scaleOf } from "./interval.js";
import { MEASURES, estimateOf, valueOf } from "./leaderboard_columns.js";
import { Mark } from "./mark.js";
import { findingWords, pairOf } from "./pair.js";

/** @typedef {import("bakeoff-api").LeaderboardRow} Row */
/** @typedef {Row & { index: number }} Placed a row, and the place of its architecture */
/** @typedef {import("./leaderboard_columns.js").Measure} Measure */

/** @param {{ view: import("./view.js").View, statistics: import("../../api/resource.js").Resource<any> }} props */
export function Leaderboard({ view, statistics }) {
  const { comparison, shown, base } = view;
  const places = new Map(shown.map(({ label, index }) => [label, index]));
  const rows = comparison.leaderboard.flatMap((row) => {
    const index = places.get(row.architecture);
    return index === undefined ? [] : [{ ...row, index }];
  });
  if (comparison.leaderboard.length === 0) return html`<${Empty} title="No training has succeeded yet" />`;
  const baseline = rows.find(({ index }) => index === base?.index);
  const pairs = statistics.data?.pairs ?? [];
  const columns = [nameColumn(base?.index), ...MEASURES.map((measure) => column(measure, { rows, baseline, pairs })), modelColumn];
  return html`
    <${Table} label="Leaderboard" noun="architecture" columns=${columns} rows=${rows} rowKey=${(/** @type {Row} */ row) => row.architecture} pinned=${baseline?.architecture} />
    <p class="faint below">Mean ± standard deviation over trainings; lines are 95 % intervals. <span aria-hidden="true">◆</span> No other is at least as accurate and as cheap.
      ${baseline ? " Differences are to the baseline; those of test accuracy have the interval and the finding of the paired test." : " Pin a baseline to see differences to it."}</p>
  `;
}

/** @param {number | undefined} pinned */
const nameColumn = (pinned) => ({
  key: "architecture",
  label: "Architecture",
  fixed: true,
  value: (/** @type {Placed} */ row) => row.architecture,
  cell: (/** @type {Placed} */ row) => html`<div class="cell-architecture">
    <span class="cell-label"><${Mark} index=${row.index} /><bdi>${row.architecture}</bdi></span>
    <${Pin} row=${row} isPinned=${row.index === pinned} />
    ${row.marks.length > 0 && html`<span class="faint" title=${row.pretrained ? `Its trainings started from ${row.pretrained}` : undefined}>${row.marks.join(", ")}</span>`}
  </div>`,
});

/** @param {{ row: Placed, isPinned: boolean }} props */
function Pin({ row, isPinned }) {
  const change = () => changeQuery({ base: isPinned ? undefined : String(row.index) });
  return html`<button class="pin" type="button" data-pinned=${isPinned} aria-label=${isPinned ? `baseline ${row.architecture}: unpin` : `pin ${row.architecture} as the baseline`} onClick=${change}>${isPinned ? "baseline" : "pin"}</button>`;
}

/** The model that is best on validation, which no test has chosen. */
const modelColumn = {
  key: "model",
  label: "Best model",
  extra: true,
  value: (/** @type {Placed} */ row) => row.best_model_id,
  cell: (/** @type {Placed} */ row) => row.best_model_id && html`<a href=${link(`/models/${row.best_model_id}`)}><code>${row.best_model_id}</code></a>`,
};

/**
 * @param {Measure} measure
 * @param {{ rows: Placed[], baseline: Placed | undefined, pairs: import("bakeoff-api").PairStatistics[] }} board
 */
function column(measure, { rows, baseline, pairs }) {
  const { key, label, hint, extra } = measure;
  const scale = scaleOf(rows.flatMap((row) => estimateOf(row, key) ?? []));
  return {
    key,
    label: hint ? html`<span title=${hint}>${label}</span>` : label,
    name: label,
    numeric: true,
    extra,
    value: (/** @type {Placed} */ row) => valueOf(row, key),
    cell: (/** @type {Placed} */ row) => html`<${Cell} row=${row} measure=${measure} scale=${scale} baseline=${baseline} pairs=${pairs} />`,
  };
}

/** @param {{ row: Placed, measure: Measure, scale: { low: number, high: number }, baseline: Placed | undefined, pairs: import("bakeoff-api").PairStatistics[] }} props */
function Cell({ row, measure, scale, baseline, pairs }) {
  const { key, write, spread, pareto } = measure;
  const estimate = estimateOf(row, key);
  const isOnFront = pareto && row.pareto[pareto];
  return html`<div class="cell-measure">
    <span>${isOnFront && html`<span class="pareto" title="No other is at least as accurate and as cheap">◆<span class="visually-hidden"> on the Pareto front</span></span>`}${" "}
      ${estimate && spread ? spread(estimate) : write(valueOf(row, key))}</span>
    ${estimate?.low != null && html`<${Interval} estimate=${estimate} scale=${scale} index=${row.index} />`}
    ${baseline && baseline !== row && html`<span class="faint">${difference(row, baseline, measure, pairs)}</span>`}
  </div>`;
}

/**
 * @param {Placed} row
 * @param {Placed} baseline
 * @param {Measure} measure
 * @param {import("bakeoff-api").PairStatistics[]} pairs
 */
function difference(row, baseline, { key, compare }, pairs) {
  const pair = key === "test_accuracy" && pairOf(pairs, row.architecture, baseline.architecture);
  if (pair) return findingWords(pair);
  const [value, base] = [valueOf(row, key), valueOf(baseline, key)];
  return value == null || base == null ? "" : compare(value, base);
}
