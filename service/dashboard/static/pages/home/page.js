/** Home: what runs, what waits, what was compared lately, and what there is to compute with. */

import { useResource } from "../../api/resource.js";
import { html } from "../../components/html.js";
import { Loaded } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { link } from "../../router.js";
import { useLive } from "../../state/live.js";
import { Datasets } from "./datasets.js";
import { FirstSteps } from "./first_steps.js";
import { Queue } from "./queue.js";
import { Recent } from "./recent.js";
import { Running } from "./running.js";
import { Workers } from "./workers.js";

const COMPARISONS = "v1/comparisons?limit=8";
const RUNNING = "v1/jobs?status=running&limit=50";
const QUEUED = "v1/jobs?status=queued&limit=50";

export function Page() {
  const comparisons = useResource(COMPARISONS);
  const running = useResource(RUNNING);
  const queued = useResource(QUEUED);
  const reload = () => Promise.all([comparisons.reload(), running.reload(), queued.reload()]);
  useLive(({ kind, job, data }) => {
    if (kind === "status" || kind === "ready") reload();
    if (kind === "progress") running.change((list) => withProgress(list, job, data));
  });
  const isEmpty = [comparisons, running, queued].every(({ data }) => data?.items.length === 0);
  if (isEmpty) return html`<${FirstSteps} onStarted=${reload} />`;
  const start = html`<a class="button" data-kind="primary" href=${link("/comparisons/new")}>New comparison</a>`;
  return html`<${PageFrame} title="Home" actions=${start}>
    <div class="home">
      <div class="home-main">
        <${Loaded} of=${running}>${(/** @type {any} */ list) => html`<${Running} jobs=${list.items} comparisons=${comparisons.data?.items ?? []} />`}</${Loaded}>
        <${Loaded} of=${queued}>${(/** @type {any} */ list) => html`<${Queue} list=${list} comparisons=${comparisons.data?.items ?? []} />`}</${Loaded}>
        <${Loaded} of=${comparisons}>${(/** @type {any} */ list) => html`<${Recent} list=${list} />`}</${Loaded}>
      </div>
      <aside class="home-side" aria-label="Workers and datasets"><${Workers} /><${Datasets} /></aside>
    </div>
  </${PageFrame}>`;
}

/**
 * @param {{ items: import("bakeoff-api").JobDocument[] }} list
 * @param {string} id
 * @param {import("bakeoff-api").JobProgress} progress
 */
function withProgress(list, id, progress) {
  const items = list.items.map((job) =>
    job.id === id ? { ...job, progress, eta_seconds: progress.eta_seconds ?? null } : job,
  );
  return { ...list, items };
}
