/** The uploads under way: how much has been sent, how far the preparation is, and what was made of it. */

import { useState } from "preact/hooks";

import { useResource } from "../../api/resource.js";
import { FollowedJob } from "../../components/followed_job.js";
import { bytes, count, counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { ErrorNotice, Loaded } from "../../components/notices.js";
import { Preparation } from "../../components/preparation.js";
import { Progress } from "../../components/progress.js";
import { link } from "../../router.js";
import { forget, uploads } from "./uploads.js";

/** @typedef {import("./uploads.js").Upload} Upload */

/** @param {{ onReady: () => void }} props */
export function UploadList({ onReady }) {
  const known = uploads.value.map(({ job }) => job);
  const elsewhere = [...usePreparing("running"), ...usePreparing("queued")].filter(({ id }) => !known.includes(id));
  if (uploads.value.length + elsewhere.length === 0) return null;
  return html`<ul class="panel rows">
    ${uploads.value.map((upload) => html`<${Item} key=${upload.number} upload=${upload} onReady=${onReady} />`)}
    ${elsewhere.map(({ id, dataset }) => html`<li key=${id}><${Prepared} job=${id} name=${dataset} onReady=${onReady} /></li>`)}
  </ul>`;
}

/**
 * Datasets that others prepare, or that this tab prepared before it was loaded again.
 *
 * @param {string} status
 * @returns {{ id: string, dataset: string }[]}
 */
function usePreparing(status) {
  return useResource(`v1/jobs?kind=upload&status=${status}&limit=20`).data?.items ?? [];
}

/** @param {{ upload: Upload, onReady: () => void }} props */
function Item({ upload, onReady }) {
  const { number, job, error } = upload;
  const close = html`<button class="button" data-kind="quiet" type="button" onClick=${() => forget(number)}><${Icon} name="close" label="Close" /></button>`;
  return html`<li class="upload-item">
    <div>
      ${job && html`<${Prepared} job=${job} name=${upload.name} onReady=${onReady} />`}
      ${error && html`<p>Uploading <bdi>${upload.file}</bdi></p><${ErrorNotice} error=${error} />`}
      ${!job && !error && html`<${Sending} upload=${upload} />`}
    </div>
    ${(job || error) && close}
  </li>`;
}

/** @param {{ upload: Upload }} props */
function Sending({ upload: { file, size, sent, stop } }) {
  return html`<div class="followed">
    <div class="followed-head">
      <p>Uploading <bdi>${file}</bdi></p>
      <button class="button" type="button" onClick=${stop}>Stop</button>
    </div>
    <${Progress} value=${size ? sent / size : null} label=${`Progress of uploading ${file}`} />
    <p class="faint numbers">${sent < size ? `${bytes(sent)} of ${bytes(size)}` : "all sent, being checked"}</p>
  </div>`;
}

/** @param {{ job: string, name: string, onReady: () => void }} props */
function Prepared({ job, name, onReady }) {
  const [isReady, setReady] = useState(false);
  const end = (/** @type {{ status: string }} */ { status }) => {
    if (status !== "succeeded") return;
    setReady(true);
    onReady();
  };
  return html`<${FollowedJob} id=${job} title=${html`Preparing <bdi>${name}</bdi>`} onEnd=${end} />
    ${isReady && html`<${Made} name=${name} />`}`;
}

/** @param {{ name: string }} props */
function Made({ name }) {
  const dataset = useResource(`v1/datasets/${name}`);
  return html`<${Loaded} of=${dataset}>${(/** @type {import("bakeoff-api").DatasetDocument} */ made) => html`<div class="upload-made">
    <p><a href=${link(`/datasets/${name}`)}><bdi>${name}</bdi></a> has ${sentence(made)}.</p>
    <${Preparation} of=${made} />
  </div>`}</${Loaded}>`;
}

/** @param {import("bakeoff-api").DatasetDocument} dataset */
function sentence({ sizes, classes, image_shape: shape }) {
  if (!sizes || !shape) return "no images";
  const splits = `${count(sizes.train)} for training, ${count(sizes.validation)} for validation, ${count(sizes.test)} for testing`;
  return `${counted(classes?.length ?? 0, "class", "classes")} and images of ${shape.width} × ${shape.height} pixels: ${splits}`;
}
