/** The status of a job or a comparison: an icon and a word, and a colour beside them. */

import { html } from "./html.js";
import { Icon } from "./icon.js";

/** @param {{ status: string }} props */
export function Status({ status }) {
  return html`<span class="status" data-status=${status}><${Icon} name=${status} />${status}</span>`;
}
