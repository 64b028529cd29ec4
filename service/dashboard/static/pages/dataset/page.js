/** A dataset: its images, counts and checks. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ params }) {
  return html`<${PageFrame} title="Dataset" about=${html`<bdi>${params.name}</bdi>`}>
    <${Empty} title="This page is not there yet"><p>Until then, <a href="./docs#/datasets/show_dataset">GET /v1/datasets/{name}</a> shows it.</p></${Empty}>
  </${PageFrame}>`;
}
