/** A form: Enter or its button sends it, it waits, and shows what went wrong. */

import { useState } from "preact/hooks";

import { forbidden } from "../state/permissions.js";
import { html } from "./html.js";
import { ErrorNotice, Forbidden } from "./notices.js";

/**
 * @param {{ run: () => Promise<void>, submit: string, onCancel?: () => void, children: import("./html.js").Children }} props
 *   `submit` is the word on the button
 */
export function SendingForm({ run, submit, onCancel, children }) {
  const [state, setState] = useState({ busy: false, error: /** @type {Error | undefined} */ (undefined) });
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    setState({ busy: true, error: undefined });
    await run().then(
      () => setState({ busy: false, error: undefined }),
      (error) => setState({ busy: false, error }),
    );
  };
  return html`<form class="form" onSubmit=${send}>
    ${children}
    <${ErrorNotice} error=${state.error} />
    <${Forbidden} scope="train" />
    <div class="form-actions">
      ${onCancel && html`<button class="button" type="button" onClick=${onCancel}>Cancel</button>`}
      <button class="button" data-kind="primary" type="submit" disabled=${state.busy || forbidden("train") !== ""} aria-busy=${state.busy}>${submit}</button>
    </div>
  </form>`;
}
