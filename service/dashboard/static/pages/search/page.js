/** What the service finds for a text: comparisons, models, datasets and jobs, the newest of each. */

import { withQuery } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { counted, percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { describeJob } from "../../components/jobs.js";
import { Empty, Loaded } from "../../components/notices.js";
import { PageFrame, Section } from "../../components/page.js";
import { Status } from "../../components/status.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";

const MOST = 8; // rows of a kind; its own list has all

/**
 * @typedef {object} Kind
 * @property {string} title
 * @property {string} path of its list, in the API and on the dashboard
 * @property {string} parameter of the dashboard's list that holds the text
 * @property {(row: any) => { id: string, name: string }} of where a row leads, and what it is called
 * @property {(row: any) => import("../../components/html.js").Children} facts
 */

/** @type {Kind[]} */
const KINDS = [
  {
    title: "Comparisons",
    path: "comparisons",
    parameter: "find",
    of: ({ id, name }) => ({ id, name }),
    facts: (row) => html`<${Status} status=${row.status} /><span class="faint"><bdi>${row.dataset}</bdi></span><span class="faint"><${Time} at=${row.created_at} /></span>`,
  },
  {
    title: "Models",
    path: "models",
    parameter: "search",
    of: ({ id, name, architecture, dataset }) => ({ id, name: name ?? `${architecture} on ${dataset}` }),
    facts: (row) => html`<span class="numbers">${percent(row.test_accuracy)}</span><span class="faint">seed ${row.seed}</span><span class="faint"><${Time} at=${row.created_at} /></span>`,
  },
  {
    title: "Datasets",
    path: "datasets",
    parameter: "find",
    of: ({ name }) => ({ id: name, name }),
    facts: ({ state, classes }) => html`<span class="faint">${classes ? counted(classes.length, "class", "classes") : state === "absent" ? "can be fetched" : state}</span>`,
  },
  {
    title: "Jobs",
    path: "jobs",
    parameter: "search",
    of: (job) => ({ id: job.id, name: job.name ?? describeJob(job, []).title }),
    facts: (row) => html`<${Status} status=${row.status} /><span class="faint"><bdi>${row.dataset}</bdi></span><span class="faint"><${Time} at=${row.created_at} /></span>`,
  },
];

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ query: { find = "" } }) {
  const text = find.trim();
  return html`<${PageFrame} title=${text ? `Search: ${text}` : "Search"} about="Names, notes, tags, architectures and datasets are searched.">
    ${text
      ? html`<div class="found">${KINDS.map((kind) => html`<${Found} key=${kind.path} kind=${kind} text=${text} />`)}</div>`
      : html`<${Empty} title="Type what you look for into the field at the top" />`}
  </${PageFrame}>`;
}

/** @param {{ kind: Kind, text: string }} props */
function Found({ kind: { title, path, parameter, of, facts }, text }) {
  const limit = path === "datasets" ? undefined : MOST + 1; // one more tells that there are more; datasets come all at once
  const found = useResource(withQuery(`v1/${path}`, { search: text, limit }));
  const all = html`<a href=${link(`/${path}`, { [parameter]: text })}>All that fit</a>`;
  return html`<${Section} title=${title} aside=${(found.data?.items.length ?? 0) > MOST && all}>
    <${Loaded} of=${found}>${(/** @type {{ items: any[] }} */ { items }) => (items.length === 0 ? html`<p class="faint">None.</p>` : html`<ul class="panel rows">${items.slice(0, MOST).map((row) => {
      const { id, name } = of(row);
      return html`<li key=${id} class="row"><a href=${link(`/${path}/${encodeURIComponent(id)}`)}><bdi>${name}</bdi></a>${facts(row)}</li>`;
    })}</ul>`)}</${Loaded}>
  </${Section}>`;
}
