/** A model: where it comes from, its downloads and its latency. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ params }) {
  return html`<${PageFrame} title="Model" about=${html`<bdi>${params.id}</bdi>`}>
    <${Empty} title="This page is not there yet"><p>Until then, <a href="./docs#/models/show_model">GET /v1/models/{model_id}</a> shows it.</p></${Empty}>
  </${PageFrame}>`;
}
