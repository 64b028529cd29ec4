/** The datasets, and uploads of others. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";

export function Page() {
  return html`<${PageFrame} title="Datasets">
    <${Empty} title="This page is not there yet"><p>Until then, <a href="./docs#/datasets/list_datasets">GET /v1/datasets</a> lists them.</p></${Empty}>
  </${PageFrame}>`;
}
