/** A field of a form: its label, the control, and a hint that is no part of its name. */

import { cloneElement } from "preact";
import { useId } from "preact/hooks";

import { html } from "./html.js";

/** @param {{ label: string, hint?: string, children: any }} props the control alone is the child */
export function Field({ label, hint, children: control }) {
  const id = useId();
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${cloneElement(control, { id, "aria-describedby": hint ? `${id}-hint` : undefined })}
    ${hint && html`<span class="hint" id=${`${id}-hint`}>${hint}</span>`}
  </div>`;
}
