/** The charts that the service draws of a training, one at a time, and their files. */

import { useResource } from "../../api/resource.js";
import { Download } from "../../components/download.js";
import { html } from "../../components/html.js";
import { Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Picture } from "../../components/picture.js";
import { changeQuery } from "../../router.js";
import { theme } from "../../state/theme.js";

const FORMATS = /** @type {const} */ ([["png", "PNG"], ["svg", "SVG"], ["json", "Numbers"]]);

/** @param {{ id: string, query: Record<string, string> }} props */
export function Charts({ id, query }) {
  const charts = useResource(`v1/jobs/${encodeURIComponent(id)}/charts`);
  return html`<${Section} title="Charts">
    <${Loaded} of=${charts}>${(/** @type {any} */ { items }) => html`<${Chart} id=${id} items=${items} chosen=${query.chart} />`}</${Loaded}>
  </${Section}>`;
}

/**
 * @param {{ id: string, items: { name: string, title: string, description: string }[], chosen: string | undefined }} props
 */
function Chart({ id, items, chosen }) {
  const chart = items.find(({ name }) => name === chosen) ?? items.find(({ name }) => name === "confusion_matrices") ?? items[0];
  const path = `v1/jobs/${encodeURIComponent(id)}/charts/${chart.name}`;
  const choose = (/** @type {any} */ event) => changeQuery({ chart: event.currentTarget.value });
  return html`<div class="panel job-panel job-chart">
    <div class="job-chart-bar">
      <select aria-label="Chart" onChange=${choose}>${items.map(({ name, title }) => html`<option key=${name} value=${name} selected=${name === chart.name}>${title}</option>`)}</select>
      <span class="job-chart-files">${FORMATS.map(([suffix, label]) => html`<${Download} key=${suffix} path=${`${path}.${suffix}?theme=${theme.value}`}>${label}</${Download}>`)}</span>
    </div>
    <p class="faint">${chart.description}</p>
    <${Picture} key=${chart.name} path=${`${path}.svg?theme=${theme.value}`} alt=${chart.title} />
  </div>`;
}
