/** Asks for the API key, where a request needs one. */

import { Dialog } from "../components/dialog.js";
import { html } from "../components/html.js";
import { answerKey, question } from "../state/key.js";

export function KeyDialog() {
  if (question.value === null) return null;
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    answerKey(String(new FormData(form).get("key")).trim());
  };
  return html`<${Dialog} title="API key" onClose=${() => answerKey("")}>
    <form class="form" onSubmit=${submit}>
      <p class="sentence"><bdi>${question.value.split(";")[0]}.</bdi></p>
      <label class="field">Key
        <input name="key" type="password" autocomplete="off" spellcheck=${false} required autofocus />
      </label>
      <p class="hint">It is kept until this tab is closed, and sent to this service alone.</p>
      <div class="form-actions">
        <button class="button" type="button" onClick=${() => answerKey("")}>Cancel</button>
        <button class="button" data-kind="primary" type="submit">Use key</button>
      </div>
    </form>
  </${Dialog}>`;
}
