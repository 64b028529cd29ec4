/** A comparison: verdicts, leaderboard, curves, errors. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ params }) {
  return html`<${PageFrame} title="Comparison" about=${html`<bdi>${params.id}</bdi>`}>
    <${Empty} title="This page is not there yet"><p>Until then, <a href="./docs#/comparisons/show_comparison">GET /v1/comparisons/{comparison_id}</a> shows it.</p></${Empty}>
  </${PageFrame}>`;
}
