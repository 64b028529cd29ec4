/** Where a file is chosen, or dropped anywhere on the page, and what may be in it. */

import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../../components/html.js";
import { ErrorNotice } from "../../components/notices.js";

const ENDINGS = ".zip,.tar,.gz,.tgz,.bz2,.xz,.npz,.parquet";
const FOLDER = "That is a folder: pack it into a zip or a tar first, or use: bakeoff datasets upload NAME FOLDER";
const SEVERAL = "One file at a time: pack several files into a zip or a tar first";

/** @param {{ onFile: (file: File) => void }} props */
export function Drop({ onFile }) {
  const [problem, setProblem] = useState("");
  const over = useDropped((items) => {
    const file = items[0].getAsFile();
    if (items.length > 1) setProblem(SEVERAL);
    else if (items[0].webkitGetAsEntry?.()?.isDirectory) setProblem(FOLDER);
    else if (file) onFile(file);
  });
  return html`<div class="drop" data-over=${over}>
    <label class="button" data-kind="primary">Choose a file
      <input class="visually-hidden" type="file" accept=${ENDINGS}
        onChange=${(/** @type {any} */ event) => event.target.files[0] && onFile(event.target.files[0])} />
    </label>
    <p><strong>Upload your own dataset:</strong> drop a zip, tar, npz or Parquet file here, or choose one.</p>
    <${Formats} />
    ${problem && html`<${ErrorNotice} error=${new Error(problem)} />`}
  </div>`;
}

/**
 * Take what is dropped on the page, which a browser would otherwise open in its place.
 *
 * @param {(files: DataTransferItem[]) => void} onFiles
 * @returns {boolean} whether something is held over the page
 */
function useDropped(onFiles) {
  const [over, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const listening = new AbortController();
    const on = (/** @type {string} */ kind, /** @type {(event: DragEvent) => void} */ handle) =>
      addEventListener(kind, /** @type {any} */ (handle), { signal: listening.signal });
    on("dragover", (event) => {
      event.preventDefault();
      setOver(true);
    });
    on("dragleave", (event) => event.relatedTarget === null && setOver(false));
    on("drop", (event) => {
      event.preventDefault();
      setOver(false);
      const files = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file");
      if (files.length > 0) latest.current(files);
    });
    return () => listening.abort();
  }, []);
  return over;
}

function Formats() {
  return html`<details class="formats">
    <summary>What may be in it</summary>
    <ul>
      <li><strong>Class folders</strong>: <code>rose/1.jpg</code>, <code>tulip/2.png</code>, or these in <code>train</code>, <code>val</code> and <code>test</code></li>
      <li><strong>A table</strong>: image files and a <code>labels.csv</code>, <code>.tsv</code> or <code>.jsonl</code> with the columns file, label and maybe split</li>
      <li><strong>Parquet</strong> as the Hugging Face hub writes it, with columns image and label</li>
      <li><strong>Arrays</strong>: an <code>.npz</code> with the names of Keras or MedMNIST, or <code>images</code> and <code>labels</code></li>
      <li><strong>IDX</strong>, the four files of MNIST and its kin, and the official archives of <strong>CIFAR</strong></li>
    </ul>
    <p class="faint">A split that is missing is held out, class by class. What is left out is counted and named.</p>
  </details>`;
}
