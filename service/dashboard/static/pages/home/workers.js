/** The workers, and what each computes with. */

import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Loading, Warning } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Time } from "../../components/time.js";
import { workers } from "../../state/workers.js";

export function Workers() {
  const present = workers.value;
  return html`<${Section} title="Workers" aside=${present?.length || null}>
    ${present === null && html`<${Loading} />`}
    ${present?.length === 0 && html`<${NoWorker} />`}
    ${present && present.length > 0 && html`<ul class="panel rows">${present.map((worker) => html`<${Worker} key=${worker.id} worker=${worker} />`)}</ul>`}
  </${Section}>`;
}

/** Said wherever jobs would wait in vain. */
export function NoWorker() {
  return html`<${Warning}>No worker is running, so jobs wait. Start one with <code>bakeoff work</code>.</${Warning}>`;
}

/** @param {{ worker: import("bakeoff-api").WorkerDocument }} props */
function Worker({ worker }) {
  return html`<li class="stacked">
    <p><bdi>${worker.host}</bdi></p>
    <p class="faint facts"><span><bdi>${worker.device}</bdi></span><span>${counted(worker.slots, "slot")}</span><span>up since <${Time} at=${worker.started_at} /></span></p>
  </li>`;
}
