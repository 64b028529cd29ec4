/** Deletes a comparison, after saying what goes with it. */

import { sendJson } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { Action } from "../../components/action.js";
import { Dialog } from "../../components/dialog.js";
import { bytes, counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { ErrorNotice, Loaded } from "../../components/notices.js";
import { navigate } from "../../router.js";
import { toast } from "../../state/toasts.js";

/** @param {{ comparison: import("./view.js").Comparison, onClose: () => void }} props */
export function DeleteDialog({ comparison, onClose }) {
  const { id, name } = comparison;
  const preview = useResource(`v1/comparisons/${id}/deletion`);
  const remove = async () => {
    await sendJson("DELETE", `v1/comparisons/${id}`);
    toast(`“${name}” is deleted; its address restores it for a day`);
    navigate("/comparisons");
  };
  return html`<${Dialog} title="Delete this comparison?" onClose=${onClose}>
    <${Loaded} of=${preview}>${(/** @type {any} */ going) => html`<${Going} going=${going} />`}</${Loaded}>
    <div class="form-actions">
      <button class="button" type="button" onClick=${onClose} autofocus>Keep it</button>
      <${Action} kind="danger" disabled=${!preview.data || preview.data.refusal} run=${remove}>Delete</${Action}>
    </div>
  </${Dialog}>`;
}

/** @param {{ going: { refusal: string | null, jobs: string[], models: string[], artifacts: number, bytes: number } }} props */
function Going({ going }) {
  if (going.refusal) return html`<${ErrorNotice} error=${new Error(going.refusal)} />`;
  return html`<p>With it go ${counted(going.jobs.length, "job")}, ${counted(going.models.length, "model")} and
    ${" "}${counted(going.artifacts, "file")} (${bytes(going.bytes)}). It can be restored for a day, at this address.</p>`;
}
