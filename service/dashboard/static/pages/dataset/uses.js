/** What was made with a dataset: the newest comparisons and models. */

import { withQuery } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Empty, Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Status } from "../../components/status.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";

/** @typedef {import("bakeoff-api").ComparisonSummary} Comparison */
/** @typedef {import("bakeoff-api").ModelDocument} Model */

const MOST = 6;

/** @param {{ name: string }} props */
export function Uses({ name }) {
  // The search finds the name in other fields too.
  const comparisons = useResource(withQuery("v1/comparisons", { search: name, limit: 50 }));
  const models = useResource(withQuery("v1/models", { dataset: name, limit: MOST }));
  return html`<${Section} title="Comparisons on it" aside=${html`<a href=${link("/comparisons", { find: name })}>All comparisons</a>`}>
      <${Loaded} of=${comparisons}>${(/** @type {{ items: Comparison[] }} */ { items }) => html`<${Comparisons} items=${items.filter(({ dataset }) => dataset === name)} />`}</${Loaded}>
    </${Section}>
    <${Section} title="Models of it" aside=${html`<a href=${link("/models", { dataset: name })}>All of its models</a>`}>
      <${Loaded} of=${models}>${(/** @type {{ items: Model[] }} */ { items }) => html`<${Models} items=${items} />`}</${Loaded}>
    </${Section}>`;
}

/** @param {{ items: Comparison[] }} props */
function Comparisons({ items }) {
  if (items.length === 0) return html`<${Empty} title="Nothing has been compared on it yet" />`;
  return html`<ul class="panel rows">${items.slice(0, MOST).map(
    ({ id, name, status, created_at: at }) => html`<li key=${id} class="row">
      <a href=${link(`/comparisons/${id}`)}><bdi>${name}</bdi></a><${Status} status=${status} /><span class="faint"><${Time} at=${at} /></span>
    </li>`,
  )}</ul>`;
}

/** @param {{ items: Model[] }} props */
function Models({ items }) {
  if (items.length === 0) return html`<${Empty} title="No network has been trained on it yet" />`;
  return html`<ul class="panel rows">${items.map(
    ({ id, name, architecture, test_accuracy: accuracy, created_at: at }) => html`<li key=${id} class="row">
      <a href=${link(`/models/${id}`)}><bdi>${name ?? architecture}</bdi></a><span class="numbers">${percent(accuracy)}</span><span class="faint"><${Time} at=${at} /></span>
    </li>`,
  )}</ul>`;
}
