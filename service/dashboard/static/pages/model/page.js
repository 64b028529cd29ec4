/** A model: how good it is, where it comes from, its aliases, downloads and latency, and how to use it. */

import { useResource } from "../../api/resource.js";
import { Deletion } from "../../components/deletion.js";
import { html } from "../../components/html.js";
import { EditLabels, Labels } from "../../components/labels.js";
import { Loaded } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { Restore } from "../../components/restore.js";
import { Time } from "../../components/time.js";
import { link, navigate } from "../../router.js";
import { Aliases } from "./aliases.js";
import { Downloads } from "./downloads.js";
import { Latency } from "./latency.js";
import { Lineage } from "./lineage.js";
import { Quantisations } from "./quantisations.js";
import { Score } from "./score.js";
import { Use } from "./use.js";

/** @typedef {import("bakeoff-api").ModelDocument} Model */

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ params }) {
  const path = `v1/models/${encodeURIComponent(params.id)}`;
  const model = useResource(path);
  const found = /** @type {Model | undefined} */ (model.data);
  return html`<${PageFrame} title=${found ? (found.name ?? `${found.architecture} on ${found.dataset}`) : "Model"} about=${found && html`<${About} model=${found} />`}
    actions=${found && html`<${Actions} model=${found} reload=${model.reload} />`}>
    <${Loaded} of=${model}>${(/** @type {Model} */ shown) => html`<${Parts} model=${shown} reload=${model.reload} />`}</${Loaded}>
    <${Restore} error=${model.error} path=${path} noun="model" reload=${model.reload} />
  </${PageFrame}>`;
}

/** @param {{ model: Model }} props */
function About({ model: { id, created_at: at, quantised_from: original } }) {
  return html`<span class="facts"><span><code>${id}</code></span>${original && html`<span>int8</span>`}<span>made <${Time} at=${at} /></span></span>`;
}

/** @param {{ model: Model, reload: () => Promise<void> }} props */
function Actions({ model, reload }) {
  const path = `v1/models/${model.id}`;
  return html`<a class="button" data-kind="primary" href=${link("/playground", { model: model.id })}>Try it</a>
    <${EditLabels} path=${path} of=${model} onChanged=${reload} />
    <${Deletion} path=${path} noun="model" name=${model.name ?? model.id} keeps="Its training stays." onDeleted=${() => navigate("/models")} />`;
}

/** @param {{ model: Model, reload: () => Promise<void> }} props */
function Parts({ model, reload }) {
  const job = useResource(`v1/jobs/${model.job_id}`);
  return html`<${Labels} of=${model} list="/models" />
    <${Score} model=${model} job=${job.data} />
    <div class="model-page">
      <div>
        <${Latency} model=${model} />
        <${Quantisations} model=${model} />
        <${Use} model=${model} />
      </div>
      <div>
        <${Lineage} model=${model} />
        <${Aliases} model=${model} onChanged=${reload} />
        <${Downloads} model=${model} />
      </div>
    </div>`;
}
