/** The int8 models that were made of a model, each with its verdict, and a button that makes one. */

import { sendJson } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { Action } from "../../components/action.js";
import { FollowedJob } from "../../components/followed_job.js";
import { html } from "../../components/html.js";
import { Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";
import { useUnfinished } from "./use_unfinished.js";

/** @typedef {import("bakeoff-api").QuantisationDocument} Quantisation */

/** @param {{ model: import("bakeoff-api").ModelDocument }} props */
export function Quantisations({ model }) {
  const made = useResource(`v1/models/${model.id}/quantisations?limit=10`);
  const { job, started } = useUnfinished(model, "quantise");
  const run = async () => started((await sendJson("POST", `v1/models/${model.id}/quantise`, {})).id);
  return html`<${Section} title=${model.quantised_from ? "Against its original" : "int8"}>
    <div class="panel stacked-panel">
      <${Loaded} of=${made}>${(/** @type {{ items: Quantisation[] }} */ { items }) => items.map((item) => html`<${Verdict} key=${item.job_id} item=${item} model=${model.id} />`)}</${Loaded}>
      ${job && html`<${FollowedJob} key=${job} id=${job} title="Making an int8 model, and comparing both" onEnd=${made.reload} />`}
      ${!model.quantised_from && html`<div class="act"><${Action} run=${run}>Make an int8 model</${Action}>
        <span class="faint">Smaller, and often faster; both are then compared on all test images.</span></div>`}
    </div>
  </${Section}>`;
}

/** @param {{ item: Quantisation, model: string }} props */
function Verdict({ item: { model_id: int8, quantised_from: original, verdict, measured_at: at }, model }) {
  const other = int8 === model ? original : int8;
  return html`<div>
    <p><bdi>${verdict}</bdi></p>
    <p class="faint facts"><span>${other === int8 ? "int8 model" : "original"} <a href=${link(`/models/${other}`)}><code>${other}</code></a></span><span><${Time} at=${at} /></span></p>
  </div>`;
}
