/** A button that deletes something, after it has said what goes with it and what forbids it. */

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
 * @param {{ path: string, noun: string, name: string, keeps: string, onDeleted: () => void }} props
 *   `path` of what is deleted, as `v1/models/ID`; `keeps`: a sentence about what stays
 */
export function Deletion({ path, noun, name, keeps, onDeleted }) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return html`<button class="button" data-kind="danger" type="button" ...${barred("train")} onClick=${() => setOpen(true)}>Delete</button>
    ${open && html`<${Dialog} title=${`Delete this ${noun}?`} onClose=${close}>
      <${Ask} path=${path} noun=${noun} name=${name} keeps=${keeps} close=${close} onDeleted=${onDeleted} />
    </${Dialog}>`}`;
}

/** @param {{ path: string, noun: string, name: string, keeps: string, close: () => void, onDeleted: () => void }} props */
function Ask({ path, noun, name, keeps, close, onDeleted }) {
  const preview = useResource(`${path}/deletion`);
  const remove = async () => {
    await sendJson("DELETE", path);
    toast(`Deleted the ${noun} ${name}`);
    close();
    onDeleted();
  };
  return html`<div class="form">
    <p><strong><bdi>${name}</bdi></strong></p>
    <${Loaded} of=${preview}>${(/** @type {Preview} */ found) => html`<${Consequences} found=${found} keeps=${keeps} />`}</${Loaded}>
    <div class="form-actions">
      <button class="button" type="button" onClick=${close}>Keep it</button>
      <${Action} kind="danger" disabled=${!preview.data || preview.data.refusal !== null} run=${remove}>Delete</${Action}>
    </div>
  </div>`;
}

/** @param {{ found: Preview, keeps: string }} props */
function Consequences({ found, keeps }) {
  if (found.refusal) return html`<${Warning}><bdi class="sentence-case">${found.refusal}</bdi></${Warning}>`;
  const going = goingWith(found);
  return html`<p>${going.length > 0 ? `With it go ${listed(going)}, ${bytes(found.bytes)} in all.` : "Nothing else goes with it."} ${keeps}</p>
    <p>${found.restorable_until ? `It can be restored until ${moment(found.restorable_until)}.` : "It goes at once and for good."}</p>`;
}

/** @param {Preview} found */
function goingWith({ comparisons, jobs, models, artifacts }) {
  const parts = [
    [comparisons.length, "comparison"],
    [jobs.length, "job"],
    [models.length, "model"],
    [artifacts, "file"],
  ];
  return parts.filter(([number]) => number).map(([number, noun]) => counted(Number(number), String(noun)));
}

/** @param {string[]} words */
function listed(words) {
  return new Intl.ListFormat("en").format(words);
}

/** @param {string} at */
function moment(at) {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}
