/** Files that are dropped anywhere on the page, pasted, or chosen. */

import { useEffect, useRef } from "preact/hooks";

import { useDropped } from "../../components/dropped.js";
import { html } from "../../components/html.js";

/**
 * Call `onFile` for what is dropped or pasted; returns whether a file is over the page right now.
 *
 * @param {(file: File | undefined) => void} onFile undefined: there was no file in it
 */
export function useDropAndPaste(onFile) {
  const latest = useRef(onFile);
  latest.current = onFile;
  useEffect(() => {
    const paste = (/** @type {ClipboardEvent} */ event) => {
      const isText = event.target instanceof HTMLInputElement;
      if (!isText) latest.current(event.clipboardData?.files[0]);
    };
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, []);
  return useDropped(({ files }) => onFile(files[0]));
}

/** @param {{ onFile: (file: File | undefined) => void }} props */
export function ChooseFile({ onFile }) {
  const change = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.currentTarget);
    onFile(input.files?.[0]);
    input.value = ""; // the same file may be chosen again
  };
  return html`<label class="button choose-file">Choose a file<input class="visually-hidden" type="file" accept="image/*,.npy" onChange=${change} /></label>`;
}
