/** A dataset: what is in it, its images, what spoils comparisons on it, and what was made with it. */

import { useResource } from "../../api/resource.js";
import { Deletion } from "../../components/deletion.js";
import { html } from "../../components/html.js";
import { Loaded } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { link, navigate } from "../../router.js";
import { Absent } from "./absent.js";
import { Checks } from "./checks.js";
import { Classes } from "./classes.js";
import { Facts } from "./facts.js";
import { Images } from "./images.js";
import { Resize } from "./resize.js";
import { useChecks } from "./use_checks.js";
import { Uses } from "./uses.js";

/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ params: { name }, query }) {
  const dataset = useResource(`v1/datasets/${encodeURIComponent(name)}`);
  const isReady = dataset.data?.state === "ready";
  return html`<${PageFrame} title=${name} about=${dataset.data && html`<bdi>${dataset.data.description}</bdi>`}
    actions=${isReady && html`<${Actions} name=${name} />`}>
    <${Loaded} of=${dataset}>${(/** @type {Dataset} */ found) =>
      found.state === "ready" ? html`<${Ready} dataset=${found} query=${query} />` : html`<${Absent} dataset=${found} onReady=${dataset.reload} />`}</${Loaded}>
  </${PageFrame}>`;
}

/** @param {{ name: string }} props */
function Actions({ name }) {
  return html`<a class="button" data-kind="primary" href=${link("/comparisons/new", { dataset: name })}>Compare on it</a>
    <${Deletion} path=${`v1/datasets/${name}`} noun="dataset" name=${name} keeps="Models that were trained on it stay usable."
      onDeleted=${() => navigate("/datasets")} />`;
}

/** @param {{ dataset: Dataset, query: Record<string, string> }} props */
function Ready({ dataset, query }) {
  const checks = useChecks(dataset.name);
  return html`<div class="dataset-page">
    <div>
      <${Images} dataset=${dataset} query=${query} />
      <${Checks} checks=${checks} dataset=${dataset} />
    </div>
    <div>
      <${Facts} dataset=${dataset} />
      <${Classes} dataset=${dataset} />
      <${Uses} name=${dataset.name} />
      ${dataset.source === "upload" && html`<${Resize} name=${dataset.name} />`}
    </div>
  </div>`;
}
