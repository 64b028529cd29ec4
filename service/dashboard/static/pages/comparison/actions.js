/** What can be done with a comparison. */

import { useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { Action } from "../../components/action.js";
import { DeletionDialog } from "../../components/deletion.js";
import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { link, navigate } from "../../router.js";
import { barred } from "../../state/permissions.js";
import { toast } from "../../state/toasts.js";
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

/** @param {{ comparison: Comparison, onClose: () => void }} props */
function DeleteDialog({ comparison: { id, name }, onClose }) {
  return html`<${DeletionDialog} path=${`v1/comparisons/${id}`} noun="comparison" name=${name} keeps="Its dataset stays."
    onClose=${onClose} onDeleted=${() => navigate("/comparisons")} />`;
}

/**
 * Cancel what has not ended, retry what failed or was cancelled.
 *
 * @param {{ comparison: Comparison, reload: () => Promise<void> }} props
 */
function Steer({ comparison, reload }) {
  const count = (/** @type {string[]} */ ...wanted) => comparison.jobs.filter(({ status }) => wanted.includes(status)).length;
  const [unfinished, failed] = [count("queued", "running"), count("failed", "cancelled")];
  const send = async (/** @type {string} */ what, /** @type {string} */ done) => {
    await sendJson("POST", `v1/comparisons/${comparison.id}/${what}`);
    await reload();
    toast(done);
  };
  return html`
    ${unfinished > 0 && html`<${Action} run=${() => send("cancel", `${counted(unfinished, "training")} cancelled`)}>Cancel ${counted(unfinished, "training")}</${Action}>`}
    ${failed > 0 && html`<${Action} run=${() => send("retry", `${counted(failed, "training")} queued again`)}>Retry ${counted(failed, "training")}</${Action}>`}
  `;
}
