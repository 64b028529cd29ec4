/** Loss, accuracy, learning rate and speed of a training, as its epochs come. */

import { useMemo } from "preact/hooks";

import { Download } from "../../components/download.js";
import { html } from "../../components/html.js";
import { LineChart } from "../../components/line_chart.js";
import { Empty } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { changeQuery } from "../../router.js";

/** Title, name of the axis, and the metrics under the labels of their curves. */
const CHARTS = /** @type {const} */ ([
  ["Loss", "loss", { train: "train_loss", validation: "validation_loss", test: "test_loss" }],
  ["Accuracy", "accuracy", { train: "train_accuracy", validation: "validation_accuracy", test: "test_accuracy" }],
  ["Learning rate", "rate", { "learning rate": "learning_rate" }],
  ["Speed", "images/s", { "images/s": "images_per_second" }],
]);

/** @param {{ id: string, epochs: any[], query: Record<string, string> }} props */
export function Curves({ id, epochs, query }) {
  const isLog = query.loss === "log";
  const toggle = html`<label class="job-toggle"><input type="checkbox" checked=${isLog} onChange=${() => changeQuery({ loss: isLog ? undefined : "log" })} />Loss as logarithm</label>`;
  const download = epochs.length > 0 && html`<${Download} path=${`v1/jobs/${encodeURIComponent(id)}/metrics.csv`}>Metrics as CSV</${Download}>`;
  return html`<${Section} title="Curves" aside=${epochs.length > 0 && html`<span class="job-curve-tools">${toggle}${download}</span>`}>
    ${epochs.length === 0
      ? html`<${Empty} title="No epoch has ended yet" />`
      : html`<div class="job-charts">${CHARTS.map(
          ([title, label, metrics]) => html`<${Chart} key=${title} title=${title} label=${label} metrics=${metrics} epochs=${epochs} log=${title === "Loss" && isLog} />`,
        )}</div>`}
  </${Section}>`;
}

/** @param {{ title: string, label: string, metrics: Record<string, string>, epochs: any[], log: boolean }} props */
function Chart({ title, label, metrics, epochs, log }) {
  const curves = useMemo(() => curvesOf(metrics, epochs), [epochs.length, epochs.at(-1)?.at]);
  if (curves.length === 0) return null;
  return html`<${LineChart} title=${title} xLabel="epoch" yLabel=${label} curves=${curves} log=${log} />`;
}

/**
 * Those of the metrics that the epochs have.
 *
 * @param {Record<string, string>} metrics
 * @param {any[]} epochs
 */
function curvesOf(metrics, epochs) {
  const x = epochs.map(({ epoch }) => epoch);
  return Object.entries(metrics)
    .map(([label, name], index) => ({ label, index, x, y: epochs.map((epoch) => epoch[name] ?? null) }))
    .filter(({ y }) => y.some((value) => value !== null));
}
