/** Name, note and tags of a comparison. */

import { useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { Dialog } from "../../components/dialog.js";
import { html } from "../../components/html.js";
import { ErrorNotice } from "../../components/notices.js";

/** @param {{ comparison: import("./view.js").Comparison, reload: () => Promise<void>, onClose: () => void }} props */
export function LabelDialog({ comparison, reload, onClose }) {
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const text = (/** @type {string} */ name) => String(given.get(name));
    const tags = text("tags").split(",").map((tag) => tag.trim()).filter(Boolean);
    const body = { name: text("name"), note: text("note"), tags };
    await sendJson("PATCH", `v1/comparisons/${comparison.id}`, body).then(
      () => reload().then(onClose),
      (refusal) => setError(refusal),
    );
  };
  return html`<${Dialog} title="Name, note, tags" onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <label class="field">Name
        <input name="name" dir="auto" maxlength="100" value=${comparison.name} autofocus />
        <span class="hint">Without one it is called by its dataset and its architectures</span>
      </label>
      <label class="field">Note<textarea name="note" dir="auto" rows="4" maxlength="2000" value=${comparison.note ?? ""}></textarea></label>
      <label class="field">Tags
        <input name="tags" dir="auto" value=${(comparison.tags ?? []).join(", ")} />
        <span class="hint">With commas between them</span>
      </label>
      <${ErrorNotice} error=${error} />
      <div class="form-actions">
        <button class="button" type="button" onClick=${onClose}>Cancel</button>
        <button class="button" data-kind="primary" type="submit">Save</button>
      </div>
    </form>
  </${Dialog}>`;
}
