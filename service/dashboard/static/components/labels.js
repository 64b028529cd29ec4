/** The name, the note and the tags that people have given to something, and a dialog that changes them. */

import { useState } from "preact/hooks";

import { sendJson } from "../api/client.js";
import { link } from "../router.js";
import { barred } from "../state/permissions.js";
import { Dialog } from "./dialog.js";
import { Field } from "./field.js";
import { html } from "./html.js";
import { SendingForm } from "./sending_form.js";

/** @typedef {{ name: string | null, note: string | null, tags: string[] }} Labelled */

/** @param {{ of: Labelled, list: string }} props the note and the tags; nothing where there are none. `list` as in `Tags` */
export function Labels({ of: { note, tags }, list }) {
  if (!note && tags.length === 0) return null;
  return html`<div class="labels">
    ${tags.length > 0 && html`<${Tags} tags=${tags} list=${list} />`}
    ${note && html`<p class="note"><bdi>${note}</bdi></p>`}
  </div>`;
}

/** @param {{ tags: string[], list: string }} props `list` is the path of the list that each tag narrows, as `/models` */
export function Tags({ tags, list }) {
  if (tags.length === 0) return null;
  return html`<ul class="tags" aria-label="Tags">${tags.map((tag) => html`<li key=${tag}><a href=${link(list, { tag })}><bdi>${tag}</bdi></a></li>`)}</ul>`;
}

/** @param {{ path: string, of: Labelled, onChanged: () => void }} props `path` of what has them, as `v1/models/ID` */
export function EditLabels({ path, of: labelled, onChanged }) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const changed = () => {
    close();
    onChanged();
  };
  return html`<button class="button" type="button" ...${barred("train")} onClick=${() => setOpen(true)}>Edit name and notes</button>
    ${open && html`<${Dialog} title="Name, note and tags" onClose=${close}>
      <${Form} path=${path} of=${labelled} close=${close} onChanged=${changed} />
    </${Dialog}>`}`;
}

/** @param {{ path: string, of: Labelled, close: () => void, onChanged: () => void }} props */
function Form({ path, of: labelled, close, onChanged }) {
  const [name, setName] = useState(labelled.name ?? "");
  const [note, setNote] = useState(labelled.note ?? "");
  const [tags, setTags] = useState(labelled.tags.join(", "));
  const save = async () => {
    const given = tags.split(",").map((tag) => tag.trim());
    await sendJson("PATCH", path, { name, note, tags: given.filter(Boolean) });
    onChanged();
  };
  return html`<${SendingForm} run=${save} submit="Save" onCancel=${close}>
    <${Field} label="Name"><input type="text" maxlength="100" value=${name} onInput=${(/** @type {any} */ event) => setName(event.target.value)} autofocus /></${Field}>
    <${Field} label="Note"><textarea rows="4" maxlength="2000" value=${note} onInput=${(/** @type {any} */ event) => setNote(event.target.value)}></textarea></${Field}>
    <${Field} label="Tags" hint="Separated by commas"><input type="text" value=${tags} placeholder="baseline, keep" onInput=${(/** @type {any} */ event) => setTags(event.target.value)} /></${Field}>
  </${SendingForm}>`;
}
