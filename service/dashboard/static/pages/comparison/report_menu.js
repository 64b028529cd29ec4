/** The comparison as a document to read and pass on, and its numbers as tables. */

import { Download } from "../../components/download.js";
import { html } from "../../components/html.js";
import { apiKey } from "../../state/key.js";

/** @param {{ comparison: import("./view.js").Comparison }} props */
export function ReportMenu({ comparison }) {
  if (comparison.leaderboard.length === 0) return null; // there is no report before the first result
  const path = `v1/comparisons/${comparison.id}`;
  return html`<details class="menu">
    <summary class="button">Report</summary>
    <div class="menu-items">
      ${!apiKey.value && html`<a class="button" href=${`./${path}/report.html`} target="_blank" rel="noopener">Open in a new tab</a>`}
      <${Download} path=${`${path}/report.html`}>As one page (HTML)</${Download}>
      <${Download} path=${`${path}/report.md`}>As Markdown</${Download}>
      <${Download} path=${`${path}/leaderboard.csv`}>Leaderboard as CSV</${Download}>
      <${Download} path=${`${path}/leaderboard.tex`}>Leaderboard as LaTeX</${Download}>
    </div>
  </details>`;
}
