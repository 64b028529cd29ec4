/** A job: its progress, events, recipe and charts. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ params }) {
  return html`<${PageFrame} title="Job" about=${html`<bdi>${params.id}</bdi>`}>
    <${Empty} title="This page is not there yet"><p>Until then, <a href="./docs#/jobs/show_job">GET /v1/jobs/{job_id}</a> shows it.</p></${Empty}>
  </${PageFrame}>`;
}
