/** A label, its control, what is accepted, what was refused, and what a clone had instead. */

import { useId } from "preact/hooks";

import { html } from "../../components/html.js";

/**
 * @param {{ label: string, at: string, hint?: import("../../components/html.js").Children, refusal?: string, was?: string,
 *   children: (attributes: object) => import("../../components/html.js").Children }} props
 *   `at` is its place in the request; `was` is set where it differs from the original; the child gets what ties the
 *   control to its label and its sentences
 */
export function Field({ label, at, hint, refusal, was, children }) {
  const id = useId();
  const described = [hint && `${id}-hint`, refusal && `${id}-refusal`].filter(Boolean).join(" ");
  const attributes = { id, "data-at": at, "aria-describedby": described || null, "aria-invalid": refusal ? "true" : null };
  return html`<div class="request-field" data-changed=${was !== undefined}>
    <span class="request-label"><label for=${id}>${label}</label><${Was} was=${was} /></span>
    ${children(attributes)}
    <${Refusal} id=${`${id}-refusal`} message=${refusal} />
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

/**
 * The mark of a difference from the original.
 *
 * @param {{ was: string | undefined }} props
 */
export function Was({ was }) {
  if (was === undefined) return null;
  return html`<span class="request-was">was <bdi>${was || "default"}</bdi></span>`;
}

/** @param {{ message: string | undefined, id?: string }} props */
export function Refusal({ message, id }) {
  if (!message) return null;
  return html`<p class="request-refusal sentence" id=${id} role="alert"><bdi>${message}</bdi></p>`;
}
