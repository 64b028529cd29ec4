/** The short messages at the edge of the page. */

import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";
import { closeToast, toasts } from "../state/toasts.js";

export function Toasts() {
  return html`<div class="toasts" role="status">
    ${toasts.value.map(
      ({ id, text, kind }) => html`<div key=${id} class="toast" data-kind=${kind}>
        <${Icon} name=${kind === "error" ? "warning" : "succeeded"} /><p><bdi>${text}</bdi></p>
        <button class="button" data-kind="quiet" type="button" onClick=${() => closeToast(id)}><${Icon} name="close" label="Close" /></button>
      </div>`,
    )}
  </div>`;
}
