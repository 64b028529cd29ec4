/** All charts of the service, as it draws them for its reports: in the theme of the page, to be taken along. */

import { fetchBlob, save } from "../../api/files.js";
import { getJson } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { Action } from "../../components/action.js";
import { Download } from "../../components/download.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Empty, Loaded } from "../../components/notices.js";
import { Picture } from "../../components/picture.js";
import { theme } from "../../state/theme.js";
import { chartAsCsv } from "./chart_csv.js";
import { Later } from "./parts.js";

/** @param {{ view: import("./view.js").View, results: number }} props */
export function Charts({ view: { comparison }, results }) {
  const list = useResource(comparison.leaderboard.length > 0 ? `v1/comparisons/${comparison.id}/charts` : null);
  if (comparison.leaderboard.length === 0) return html`<${Empty} title="Charts come with the first result" />`;
  return html`<${Loaded} of=${list}>${(/** @type {any} */ { items }) => html`<ul class="service-charts">
    ${items.map((/** @type {any} */ chart) => html`<li key=${chart.name} class="chart"><${Chart} chart=${chart} id=${comparison.id} results=${results} /></li>`)}
  </ul>`}</${Loaded}>`;
}
