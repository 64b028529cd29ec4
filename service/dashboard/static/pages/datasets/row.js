/** One dataset of the list: a few of its images, what it is, and a button that fetches it where it is not there yet. */

import { useEffect, useState } from "preact/hooks";

import { getJson, sendJson } from "../../api/client.js";
import { Action } from "../../components/action.js";
import { count, counted } from "../../components/formats.js";
import { FollowedJob } from "../../components/followed_job.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { ErrorNotice } from "../../components/notices.js";
import { link } from "../../router.js";
import { Thumbnails } from "./thumbnails.js";

/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

/** @param {{ dataset: Dataset, reload: () => Promise<void> }} props */
export function Row({ dataset, reload }) {
  const isReady = dataset.state === "ready";
  return html`<li class="dataset">
    <div class="dataset-images">${isReady ? html`<${Thumbnails} dataset=${dataset.name} />` : html`<span class="dataset-absent"><${Icon} name="download" /></span>`}</div>
    <div class="dataset-words">
      <h3><a href=${link(`/datasets/${encodeURIComponent(dataset.name)}`)}><bdi>${dataset.name}</bdi></a></h3>
      <p class="faint"><bdi>${dataset.description}</bdi></p>
      ${isReady && html`<p class="faint facts"><${Facts} dataset=${dataset} /></p>`}
    </div>
    <div class="dataset-state">
      ${isReady ? html`<span class="status" data-status="succeeded"><${Icon} name="succeeded" />ready</span>` : html`<${Fetch} dataset=${dataset} reload=${reload} />`}
    </div>
  </li>`;
}

/** @param {{ dataset: Dataset }} props */
function Facts({ dataset: { sizes, classes, image_shape: shape, skipped } }) {
  if (!sizes || !shape) return null;
  const left = (skipped ?? []).reduce((sum, group) => sum + group.count, 0);
  return html`<span class="numbers">${count(sizes.train + sizes.validation + sizes.test)} images</span>
    <span>${counted(classes?.length ?? 0, "class", "classes")}</span>
    <span class="numbers">${shape.width} × ${shape.height}, ${shape.channels === 1 ? "grey" : "colour"}</span>
    ${left > 0 && html`<span>${counted(left, "file")} left out</span>`}`;
}

/** @param {{ dataset: Dataset, reload: () => Promise<void> }} props */
function Fetch({ dataset: { name, state, error }, reload }) {
  const [job, setJob] = useState("");
  useEffect(() => {
    if (state !== "fetching" || job) return;
    getJson(`v1/jobs?kind=fetch&dataset=${name}&limit=1`).then(({ items }) => setJob(items[0]?.id ?? ""), () => null);
  }, [name, state]);
  if (job) return html`<${FollowedJob} id=${job} title=${html`Fetching <bdi>${name}</bdi>`} onEnd=${reload} />`;
  const start = async () => setJob((await sendJson("POST", `v1/datasets/${name}/fetch`)).id);
  return html`<${Action} run=${start}><${Icon} name="download" />Fetch<span class="visually-hidden"> ${name}</span></${Action}>
    ${state === "failed" && html`<${ErrorNotice} error=${new Error(error ?? "it could not be fetched")} />`}`;
}
