/** What can be done with a comparison. */

import { useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { Action } from "../../components/action.js";
import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { link } from "../../router.js";
import { barred } from "../../state/permissions.js";
import { toast } from "../../state/toasts.js";
import { DeleteDialog } from "./delete_dialog.js";
import { LabelDialog } from "./label_dialog.js";
import { ReportMenu } from "./report_menu.js";
import { SeedsDialog } from "./seeds_dialog.js";

/** @typedef {import("./view.js").Comparison} Comparison */

const DIALOGS = { label: LabelDialog, seeds: SeedsDialog, delete: DeleteDialog };

/** @param {{ comparison: Comparison, reload: () => Promise<void> }} props */
export function Actions({ comparison, reload }) {
  const [open, setOpen] = useState(/** @type {keyof typeof DIALOGS | null} */ (null));
  const Shown = open && DIALOGS[open];
  const { id } = comparison;
  return html`
    <${Steer} comparison=${comparison} reload=${reload} />
    <${More} open=${setOpen} />
    <${ReportMenu} comparison=${comparison} />
    ${comparison.leader && html`<a class="button" href=${link("/playground", { comparison: id })}>Try its models</a>`}
    <a class="button" data-kind="primary" href=${link("/comparisons/new", { from: id })}>Clone and edit</a>
    ${Shown && html`<${Shown} comparison=${comparison} reload=${reload} onClose=${() => setOpen(null)} />`}
  `;
}

/** @param {{ open: (dialog: keyof typeof DIALOGS) => void }} props */
function More({ open }) {
  const choose = (/** @type {keyof typeof DIALOGS} */ dialog) => (/** @type {any} */ event) => {
    event.currentTarget.closest("details").open = false;
    open(dialog);
  };
  return html`<details class="menu">
    <summary class="button">More</summary>
    <div class="menu-items">
      <button class="button" data-kind="quiet" type="button" ...${barred("train")} onClick=${choose("label")}>Name, note, tags</button>
      <button class="button" data-kind="quiet" type="button" ...${barred("train")} onClick=${choose("seeds")}>Add seeds</button>
      <button class="button" data-kind="danger" type="button" ...${barred("train")} onClick=${choose("delete")}>Delete</button>
    </div>
  </details>`;
}

/**
 * Cancel what has not ended, retry what failed or was cancelled.
 *
 * @param {{ comparison: Comparison, reload: () => Promise<void> }} props
 */
function Steer({ comparison, reload }) {
  const of = (/** @type {string[]} */ ...wanted) => comparison.jobs.filter(({ status }) => wanted.includes(status));
  const [unfinished, failed] = [of("queued", "running"), of("failed", "cancelled")];
  const all = async (/** @type {Comparison["jobs"]} */ jobs, /** @type {string} */ what, /** @type {string} */ done) => {
    const refused = await sendToAll(jobs, what);
    await reload();
    toast(`${counted(jobs.length - refused.length, "training")} ${done}`);
    if (refused.length > 0) throw refused[0];
  };
  return html`
    ${unfinished.length > 0 && html`<${Action} run=${() => all(unfinished, "cancel", "cancelled")}>Cancel ${counted(unfinished.length, "training")}</${Action}>`}
    ${failed.length > 0 && html`<${Action} run=${() => all(failed, "retry", "queued again")}>Retry ${counted(failed.length, "training")}</${Action}>`}
  `;
}

/**
 * Cancel or retry jobs, one after the other; those that wait first, so that none of them starts meanwhile.
 *
 * @param {Comparison["jobs"]} jobs
 * @param {string} what
 * @returns {Promise<Error[]>} the refusals, as of a job that has ended meanwhile
 */
async function sendToAll(jobs, what) {
  const refused = /** @type {Error[]} */ ([]);
  for (const { id } of jobs.toSorted((first, second) => Number(second.status === "queued") - Number(first.status === "queued"))) {
    await sendJson("POST", `v1/jobs/${id}/${what}`).catch((error) => refused.push(error));
  }
  return refused;
}
