/** Files that are dropped anywhere on the page, pasted, or chosen. */

import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../../components/html.js";

/**
 * Call `onFile` for what is dropped or pasted; returns whether a file is over the page right now.
 *
 * @param {(file: File | undefined) => void} onFile undefined: there was no file in it
 */
export function useDropAndPaste(onFile) {
  const latest = useRef(onFile);
  latest.current = onFile;
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    addEventListener("dragover", (event) => (event.preventDefault(), setIsOver(true)), { signal });
    addEventListener("dragleave", (event) => event.relatedTarget === null && setIsOver(false), { signal });
    addEventListener("drop", (event) => {
      event.preventDefault();
      setIsOver(false);
      latest.current(event.dataTransfer?.files[0]);
    }, { signal });
    addEventListener("paste", (event) => {
      const isText = event.target instanceof HTMLInputElement;
      if (!isText) latest.current(event.clipboardData?.files[0]);
    }, { signal });
    return () => controller.abort();
  }, []);
  return isOver;
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
