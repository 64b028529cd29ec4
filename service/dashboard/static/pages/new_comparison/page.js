/** New comparison: what is trained, on what, how. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";

export function Page() {
  return html`<${PageFrame} title="New comparison">
    <${Empty} title="This page is not there yet"><p>Until then, <a href="./docs#/comparisons/create_comparison">POST /v1/comparisons</a> starts one.</p></${Empty}>
  </${PageFrame}>`;
}
