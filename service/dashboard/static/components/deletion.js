/** Deletes something, after it has said what goes with it and what forbids it. */

import { useState } from "preact/hooks";

import { sendJson } from "../api/client.js";
import { useResource } from "../api/resource.js";
import { barred } from "../state/permissions.js";
import { toast } from "../state/toasts.js";
import { Action } from "./action.js";
import { Dialog } from "./dialog.js";
import { bytes, counted } from "./formats.js";
import { html } from "./html.js";
import { Loaded, Warning } from "./notices.js";

/** @typedef {import("bakeoff-api").DeletionDocument} Preview */

/**
 * @typedef {object} Deleted what would be deleted
 * @property {string} path as `v1/models/ID`
 * @property {string} noun
 * @property {string} name
 * @property {string} keeps a sentence about what stays
 * @property {() => void} onDeleted
 */

/**
 * A button that opens the dialog.
 *
 * @param {Deleted} props
 */
export function Deletion(props) {
  const [open, setOpen] = useState(false);
  return html`<button class="button" data-kind="danger" type="button" ...${barred("train")} onClick=${() => setOpen(true)}>Delete</button>
    ${open && html`<${DeletionDialog} ...${props} onClose=${() => setOpen(false)} />`}`;
}

/** @param {Deleted & { onClose: () => void }} props */
export function DeletionDialog({ path, noun, name, keeps, onDeleted, onClose }) {
  const preview = useResource(`${path}/deletion`);
  const remove = async () => {
    await sendJson("DELETE", path);
    toast(`Deleted the ${noun} ${name}`);
    onClose();
    onDeleted();
  };
  return html`<${Dialog} title=${`Delete this ${noun}?`} onClose=${onClose}>
    <p><strong><bdi>${name}</bdi></strong></p>
    <${Loaded} of=${preview}>${(/** @type {Preview} */ found) => html`<${Consequences} found=${found} noun=${noun} keeps=${keeps} />`}</${Loaded}>
    <div class="form-actions">
      <button class="button" type="button" onClick=${onClose} autofocus>Keep it</button>
      <${Action} kind="danger" disabled=${!preview.data || preview.data.refusal !== null} run=${remove}>Delete</${Action}>
    </div>
  </${Dialog}>`;
}

/** @param {{ found: Preview, noun: string, keeps: string }} props */
function Consequences({ found, noun, keeps }) {
  if (found.refusal) return html`<${Warning}><bdi class="sentence-case">${found.refusal}</bdi></${Warning}>`;
  const going = goingWith(found, noun);
  return html`<p>${going.length > 0 ? `With it go ${listed(going)}, ${bytes(found.bytes)} in all.` : "Nothing else goes with it."} ${keeps}</p>
    <p>${found.restorable_until ? `It can be restored until ${moment(found.restorable_until)}.` : "It goes at once and for good."}</p>`;
}

/**
 * @param {Preview} found
 * @param {string} noun what is deleted, which is counted among the rest
 */
function goingWith({ comparisons, jobs, models, artifacts }, noun) {
  const counts = { comparison: comparisons.length, job: jobs.length, model: models.length, file: artifacts };
  const others = Object.entries(counts).map(([kind, count]) => ({ kind, count: kind === noun ? count - 1 : count }));
  return others.filter(({ count }) => count > 0).map(({ kind, count }) => counted(count, kind));
}

/** @param {string[]} words */
function listed(words) {
  return new Intl.ListFormat("en").format(words);
}

/** @param {string} at */
function moment(at) {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}
