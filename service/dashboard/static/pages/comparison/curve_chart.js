/** The curves of one metric, with what can be taken along of them. */

import { useMemo, useRef } from "preact/hooks";

import { withQuery } from "../../api/client.js";
import { save } from "../../api/files.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { LineChart } from "../../components/line_chart.js";
import { Empty, ErrorNotice, Loading } from "../../components/notices.js";
import { curvesAsCsv, curvesOf } from "./curve_data.js";
import { curvesAsSvg } from "./curve_svg.js";
import { zoomTo } from "./curve_view.js";
import { useVersioned } from "./loading.js";
import { canvasAsPng } from "./pictures.js";

/**
 * @param {{ view: import("./view.js").View, curves: import("./curve_view.js").CurveView, metric: string, epochs: number,
 *   choose: (metric: string) => void, remove?: () => void }} props
 */
export function CurveChart({ view, curves, metric, epochs, choose, remove }) {
  const { comparison, shown } = view;
  const { by, smooth, log, range } = curves;
  const { data, error, reload } = useVersioned(withQuery(`v1/comparisons/${comparison.id}/curves`, { metric, by }), epochs);
  const labels = shown.map(({ index }) => index).join();
  const drawn = useMemo(() => curvesOf(data?.items ?? [], shown, { smooth, log }), [data, labels, smooth, log]);
  const chart = { xLabel: by === "epoch" ? "epoch" : "seconds of training", yLabel: nameOf(metric), curves: drawn, log, range };
  const frame = useRef(/** @type {HTMLDivElement | null} */ (null));
  return html`<div class="curve" ref=${frame}>
    <div class="curve-bar">
      <${Metrics} metric=${metric} metrics=${data?.metrics ?? []} choose=${choose} />
      ${drawn.length > 0 && html`<${Takeaway} frame=${frame} metric=${metric} csv=${() => curvesAsCsv(data.items, shown, metric)} svg=${() => curvesAsSvg(chart)} />`}
      ${remove && html`<button class="button" data-kind="quiet" type="button" aria-label=${`Remove the chart of ${nameOf(metric)}`} onClick=${remove}><${Icon} name="close" /></button>`}
    </div>
    <${ErrorNotice} error=${error} retry=${reload} />
    ${!data && !error && html`<${Loading} />`}
    ${data && drawn.length === 0 && html`<${Empty} title=${shown.length === 0 ? "All architectures are hidden" : "No epoch has ended yet"} />`}
    ${drawn.length > 0 && html`<${LineChart} title=${nameOf(metric)} ...${chart} onZoom=${zoomTo} />`}
  </div>`;
}

/**
 * `train_loss` → train loss; `gradient_norm/stem` → gradient norm of stem.
 *
 * @param {string} metric
 */
function nameOf(metric) {
  const [name, layer] = metric.split("/");
  return name.replaceAll("_", " ") + (layer ? ` of ${layer}` : "");
}

/** @param {{ metric: string, metrics: string[], choose: (metric: string) => void }} props */
function Metrics({ metric, metrics, choose }) {
  const known = metrics.includes(metric) ? metrics : [metric, ...metrics];
  const groups = Map.groupBy(known, (name) => (name.includes("/") ? `${name.split("/")[0].replaceAll("_", " ")} of a layer` : ""));
  const options = (/** @type {string[]} */ names) => names.map((name) => html`<option key=${name} value=${name}>${nameOf(name)}</option>`);
  return html`<select aria-label="Metric" value=${metric} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
    ${[...groups].map(([group, names]) => (group ? html`<optgroup key=${group} label=${group}>${options(names)}</optgroup>` : options(names)))}
  </select>`;
}

/** @param {{ frame: { current: HTMLDivElement | null }, metric: string, csv: () => string, svg: () => string }} props */
function Takeaway({ frame, metric, csv, svg }) {
  const name = metric.replaceAll("/", "-");
  const png = async () => {
    const canvas = frame.current?.querySelector("canvas");
    if (canvas) save(await canvasAsPng(canvas), `${name}.png`);
  };
  return html`<span class="takeaway" role="group" aria-label=${`Download ${nameOf(metric)}`}>
    <button class="button" data-kind="quiet" type="button" onClick=${png}>PNG</button>
    <button class="button" data-kind="quiet" type="button" onClick=${() => save(new Blob([svg()], { type: "image/svg+xml" }), `${name}.svg`)}>SVG</button>
    <button class="button" data-kind="quiet" type="button" onClick=${() => save(new Blob([csv()], { type: "text/csv" }), `${name}.csv`)}>CSV</button>
  </span>`;
}
