/** The models and the aliases that stand for them. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";

export function Page() {
  return html`<${PageFrame} title="Models">
    <${Empty} title="This page is not there yet"><p>Until then, <a href="./docs#/models/list_models">GET /v1/models</a> lists them.</p></${Empty}>
  </${PageFrame}>`;
}
