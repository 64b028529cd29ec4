/** All charts of the service, as its reports have them: in the theme of the page, of the shown architectures, to be taken along. */

import { getJson } from "../../api/client.js";
import { save } from "../../api/files.js";
import { useResource } from "../../api/resource.js";
import { Action } from "../../components/action.js";
import { Download } from "../../components/download.js";
import { html } from "../../components/html.js";
import { Empty, Loaded } from "../../components/notices.js";
import { Picture } from "../../components/picture.js";
import { theme } from "../../state/theme.js";
import { chartAsCsv } from "./chart_csv.js";
import { Later } from "./parts.js";
import { byAccuracy } from "./view.js";

/** @typedef {{ name: string, title: string, description: string }} ChartOfService */

/** @param {{ view: import("./view.js").View, results: number }} props */
export function Charts({ view, results }) {
  const { comparison, entries, shown } = view;
  const list = useResource(comparison.leaderboard.length > 0 ? `v1/comparisons/${comparison.id}/charts` : null);
  if (byAccuracy(view).length === 0) return html`<${Empty} title="No result to draw yet" />`;
  const chosen = shown.length === entries.length ? [] : byAccuracy(view);
  const query = chosen.map(({ label }) => `&architecture=${encodeURIComponent(label)}`).join("");
  return html`<${Loaded} of=${list}>${(/** @type {{ items: ChartOfService[] }} */ { items }) => html`<ul class="service-charts">
    ${items.map((chart) => html`<li key=${chart.name} class="chart"><${Chart} chart=${chart} id=${comparison.id} query=${query} results=${results} /></li>`)}
  </ul>`}</${Loaded}>`;
}

/** @param {{ chart: ChartOfService, id: string, query: string, results: number }} props */
function Chart({ chart: { name, title, description }, id, query, results }) {
  const path = (/** @type {string} */ suffix) => `v1/comparisons/${id}/charts/${name}.${suffix}?theme=${theme.value}${query}`;
  const csv = async () => save(new Blob([chartAsCsv(await getJson(path("json")))], { type: "text/csv" }), `${name}.csv`);
  const [, ...words] = description.split("\n").filter(Boolean);
  return html`
    <h3 class="visually-hidden">${title}</h3>
    <div class="takeaway" role="group" aria-label=${`Download ${title}`}>
      <${Download} path=${path("png")}>PNG</${Download}><${Download} path=${path("svg")}>SVG</${Download}>
      <${Action} needs="read" run=${csv}>CSV</${Action}><${Download} path=${path("json")}>JSON</${Download}>
    </div>
    <div class="chart-scroll" tabindex="0" role="region" aria-label=${title}>
      <${Later}>${() => html`<${Picture} key=${results} path=${path("svg")} alt=${`${title}. ${words.join(" ")}`} />`}</${Later}>
    </div>
    <p class="faint">${words.join(" ")}</p>
  `;
}
