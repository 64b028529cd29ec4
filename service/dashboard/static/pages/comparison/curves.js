/** Curves, each with a band over seeds; all charts share the axis, the zoom and the smoothing. They follow the trainings. */

import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { changeQuery } from "../../router.js";
import { CurveChart } from "./curve_chart.js";
import { MOST, readCurves, zoomTo } from "./curve_view.js";

/** @typedef {import("./curve_view.js").CurveView} CurveView */

/** @param {{ view: import("./view.js").View, epochs: number }} props */
export function Curves({ view, epochs }) {
  const curves = readCurves(view.query);
  const { metrics } = curves;
  const setMetrics = (/** @type {string[]} */ chosen) => changeQuery({ metrics: chosen.join(",") });
  return html`
    <${Controls} curves=${curves} />
    <div class="charts">
      ${metrics.map((metric, place) => {
        const remove = metrics.length > 1 ? () => setMetrics(metrics.toSpliced(place, 1)) : undefined;
        return html`<${CurveChart} key=${place} view=${view} curves=${curves} metric=${metric} epochs=${epochs}
          choose=${(/** @type {string} */ name) => setMetrics(metrics.with(place, name))} remove=${remove} />`;
      })}
    </div>
    ${metrics.length < MOST && html`<p class="below"><button class="button" type="button" onClick=${() => setMetrics([...metrics, "test_loss"])}>Add a chart</button></p>`}
    <p class="faint below">Mean over trainings; the band is one standard deviation above and below, where there are several (${severalOf(view.comparison)}). Drag to zoom, double-click for all.</p>
  `;
}

/** @param {import("./view.js").Comparison} comparison */
function severalOf({ folds, seeds }) {
  const ofSeeds = counted(seeds.length, "seed");
  return folds ? `${counted(folds, "fold")} × ${ofSeeds}` : ofSeeds;
}

/** @param {{ curves: CurveView }} props */
function Controls({ curves: { by, smooth, log, range } }) {
  const axis = (/** @type {string} */ name) => html`<label class="segment">
    <input class="visually-hidden" type="radio" name="by" checked=${by === name} onChange=${() => changeQuery({ by: name === "epoch" ? undefined : name, zoom: undefined })} />by ${name}
  </label>`;
  return html`<div class="controls">
    <fieldset class="segments"><legend class="visually-hidden">Axis</legend>${axis("epoch")}${axis("seconds")}</fieldset>
    <label class="control"><input type="checkbox" checked=${log} onChange=${() => changeQuery({ log: log ? undefined : "yes" })} />Logarithmic</label>
    <label class="control">Smooth
      <input type="range" min="0" max="0.98" step="0.02" value=${smooth} onInput=${(/** @type {any} */ event) => changeQuery({ smooth: event.target.value === "0" ? undefined : event.target.value })} />
      <output class="numbers">${smooth.toFixed(2)}</output>
    </label>
    <${Zoom} key=${range?.join()} range=${range} by=${by} />
  </div>`;
}

/**
 * The zoom as numbers, for those who do not drag.
 *
 * @param {{ range: [number, number] | null, by: string }} props
 */
function Zoom({ range, by }) {
  const change = (/** @type {any} */ event) => {
    const [from, to] = [...event.currentTarget.querySelectorAll("input")].map((input) => input.valueAsNumber);
    if (from < to) zoomTo([from, to]);
  };
  const unit = by === "epoch" ? "epoch" : "second";
  return html`<span class="control" role="group" aria-label="Zoom" onChange=${change}>
    <label>From ${unit} <input type="number" min="0" step="any" value=${range?.[0]} /></label>
    <label>to <input type="number" min="0" step="any" value=${range?.[1]} /></label>
    <button class="button" data-kind="quiet" type="button" disabled=${!range} onClick=${() => zoomTo(null)}>All</button>
  </span>`;
}
