/** A dialog over the page: the browser keeps the focus in it, Escape closes it. */

import { useEffect, useId, useRef } from "preact/hooks";

import { html } from "./html.js";

/**
 * @param {{ title: string, onClose: () => void, children: import("./html.js").Children }} props
 */
export function Dialog({ title, onClose, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault(); // it is closed by no longer being shown
    onClose();
  };
  return html`<dialog class="dialog" ref=${element} aria-labelledby=${id} onCancel=${cancel}>
    <h2 id=${id}>${title}</h2>
    ${children}
  </dialog>`;
}
