/** How long predictions take, as jobs have measured it, and a form that has it measured. */

import { useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { FollowedJob } from "../../components/followed_job.js";
import { duration, short } from "../../components/formats.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Empty, Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { SendingForm } from "../../components/sending_form.js";
import { Time } from "../../components/time.js";
import { useUnfinished } from "./use_unfinished.js";

/** @typedef {import("bakeoff-api").LatencyTable} Measured */

/** @param {{ model: import("bakeoff-api").ModelDocument }} props */
export function Latency({ model }) {
  const path = `v1/models/${model.id}/latency`;
  const tables = useResource(`${path}?limit=5`);
  const { job, started } = useUnfinished(model, "latency");
  const [sizes, setSizes] = useState("1, 8, 64");
  const run = async () => {
    const batches = sizes.split(/[\s,]+/).filter(Boolean).map(Number);
    started((await sendJson("POST", path, { batch_sizes: batches })).id);
  };
  return html`<${Section} title="Latency">
    <${Loaded} of=${tables}>${(/** @type {{ items: Measured[] }} */ { items }) => html`
      ${items.length === 0 && html`<${Empty} title="It has not been measured yet" />`}
      ${items.slice(0, 1).map((table) => html`<${Rows} key=${table.job_id} table=${table} />`)}
      ${items.length > 1 && html`<details class="earlier"><summary>Earlier measurements</summary>${items.slice(1).map((table) => html`<${Rows} key=${table.job_id} table=${table} />`)}</details>`}`}</${Loaded}>
    <div class="panel stacked-panel below">
      ${job && html`<${FollowedJob} key=${job} id=${job} title="Measuring latency" onEnd=${tables.reload} />`}
      <details><summary>Measure it</summary>
        <${SendingForm} run=${run} submit="Measure">
          <${Field} label="Batch sizes" hint="With every engine, on one thread and on all cores; each takes one to twenty seconds"><input type="text" required value=${sizes} onInput=${(/** @type {any} */ event) => setSizes(event.target.value)} /></${Field}>
        </${SendingForm}>
      </details>
    </div>
  </${Section}>`;
}

/** @param {{ table: Measured }} props */
function Rows({ table }) {
  return html`<div class="table-frame measured">
    <div class="table-scroll" tabindex="0" role="region" aria-label="Latency">
      <table class="table">
        <thead><tr><th scope="col">Engine</th><th scope="col" data-numeric>Batch</th><th scope="col" data-numeric>Threads</th><th scope="col" data-numeric>Median</th>
          <th scope="col">95 % interval</th><th scope="col" data-numeric>99th percentile</th><th scope="col" data-numeric>Images/s</th></tr></thead>
        <tbody>${table.rows.map(
          (row) => html`<tr key=${`${row.engine} ${row.batch_size} ${row.threads}`}>
            <td>${row.engine}</td><td data-numeric>${row.batch_size}</td><td data-numeric>${row.threads}</td><td data-numeric>${duration(row.p50)}</td>
            <td>${duration(row.p50_low)} to ${duration(row.p50_high)}</td><td data-numeric>${duration(row.p99)}</td><td data-numeric>${short(row.images_per_second)}</td></tr>`,
        )}</tbody>
      </table>
    </div>
    <div class="table-note"><p class="faint facts"><span><bdi>${table.device_name}</bdi></span><span>${table.cores} cores</span><span><${Time} at=${table.measured_at} /></span>
      ${[...new Set(table.skipped.map(notMeasured))].map((words) => html`<span key=${words}><bdi>${words}</bdi></span>`)}</p></div>
  </div>`;
}

/**
 * Why something was not measured, in the same words on whatever number of threads.
 *
 * @param {Measured["skipped"][number]} skipped
 */
function notMeasured({ engine, batch_size: size, reason }) {
  return `not measured: ${engine}${size ? `, batch ${size}` : ""}, ${reason}`;
}
