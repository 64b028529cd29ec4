/** The playground: a picture, and what each model makes of it. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";

export function Page() {
  return html`<${PageFrame} title="Playground">
    <${Empty} title="This page is not there yet"><p>Until then, <a href="./docs#/predictions">POST /v1/models/{model_id}/predictions</a> classifies images.</p></${Empty}>
  </${PageFrame}>`;
}
