/** What is about to be started: how many trainings, how long they take, and the button. */

import { counted, duration } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Forbidden, Warning } from "../../components/notices.js";
import { forbidden } from "../../state/permissions.js";
import { workers } from "../../state/workers.js";
import { Refusal } from "./field.js";

/**
 * @param {{ request: import("./request.js").Request, cost: any, refusals: Map<string, string>, isBusy: boolean, submit: () => void }} props
 */
export function Summary({ request, cost, refusals, isBusy, submit }) {
  const missing = [!request.dataset && "a dataset", request.architectures.length === 0 && "an architecture"].filter(Boolean).join(" and ");
  return html`<aside class="request-summary" aria-label="Cost and start"><div class="panel request-panel">
    <h2>What it costs</h2>
    ${missing ? html`<p class="faint">Choose ${missing}.</p>` : html`<${Cost} cost=${cost} request=${request} isRefused=${refusals.size > 0} />`}
    ${workers.value?.length === 0 && html`<${Warning}>No worker is running, so jobs wait. Start one with <code>bakeoff work</code>.</${Warning}>`}
    <${Forbidden} scope="train" />
    <${Refusals} refusals=${refusals} />
    <button class="button" data-kind="primary" type="button" disabled=${Boolean(missing) || isBusy || forbidden("train") !== ""} aria-busy=${isBusy} onClick=${submit}>Start the comparison</button>
  </div></aside>`;
}

/** @param {{ cost: any, request: import("./request.js").Request, isRefused: boolean }} props */
function Cost({ cost, request: { folds }, isRefused }) {
  if (!cost) return html`<p class="faint">${isRefused ? "Not known while the request is refused." : "Being worked out…"}</p>`;
  const architectures = cost.architectures.length;
  const seeds = cost.num_jobs / architectures / (Number(folds) || 1);
  const factors = [counted(architectures, "architecture"), counted(seeds, "seed"), folds && counted(Number(folds), "fold")].filter(Boolean).join(" × ");
  return html`<p class="request-total"><strong>${cost.seconds == null ? "Time not known" : `About ${duration(cost.seconds)}`}</strong> <span>for ${counted(cost.num_jobs, "training")}</span></p>
    <p class="faint">${factors}, ${counted(cost.epochs, "epoch")} of ${cost.train_images == null ? "a dataset that is not here yet" : counted(cost.train_images, "image")}</p>
    <ul class="request-costs">
      ${cost.architectures.map((/** @type {any} */ entry) => html`<li key=${entry.label}><bdi>${entry.label}</bdi><span class="numbers">${duration(entry.seconds)}</span>
        <span class="faint">${basis(entry)}</span></li>`)}
    </ul>
    <p class="faint">Of training alone, one job after the other${device(cost)}; evaluating adds about a quarter.</p>`;
}

/** How the speed is known. @param {any} entry */
function basis({ basis, images_per_second: speed, num_epochs: epochs }) {
  if (basis === "unknown" || speed == null) return "not trained here yet";
  const rate = counted(speed, "image");
  return basis === "measured" ? `${rate}/s in ${counted(epochs, "epoch")} so far` : `${rate}/s, roughly: from other networks’ FLOPs`;
}

/** @param {any} cost */
function device({ architectures }) {
  const device = architectures.find((/** @type {any} */ entry) => entry.device)?.device;
  return device ? ` on ${device}` : "";
}

/**
 * What has no field of its own, and that some fields were refused.
 *
 * @param {{ refusals: Map<string, string> }} props
 */
function Refusals({ refusals }) {
  if (refusals.size === 0) return null;
  const fields = [...refusals.keys()].filter(Boolean);
  const show = () => {
    const element = document.querySelector(`[data-at="${CSS.escape(fields[0])}"]`) ?? document.querySelector(`[data-at="${CSS.escape(fields[0].split(".").slice(0, 2).join("."))}"]`);
    /** @type {HTMLElement | null} */ (element)?.focus();
    element?.scrollIntoView({ block: "center" });
  };
  return html`<${Refusal} message=${refusals.get("")} />
    ${fields.length > 0 && html`<p class="request-refusal">Refused: ${counted(fields.length, "field")}. <button class="button" data-kind="quiet" type="button" onClick=${show}>Show it</button></p>`}`;
}
