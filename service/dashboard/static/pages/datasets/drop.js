/** Where files or a folder are chosen, or dropped anywhere on the page, and what may be in them. */

import { useState } from "preact/hooks";

import { useDropped } from "../../components/dropped.js";
import { html } from "../../components/html.js";
import { ErrorNotice, Loading } from "../../components/notices.js";
import { gatherChosen, gatherDropped } from "./gather.js";

/** @param {{ onFile: (file: File) => void }} props */
export function Drop({ onFile }) {
  const [state, setState] = useState({ busy: false, error: /** @type {Error | undefined} */ (undefined) });
  const take = async (/** @type {() => File | Promise<File>} */ gather) => {
    setState({ busy: true, error: undefined });
    try {
      onFile(await gather());
    } catch (error) {
      setState({ busy: false, error: /** @type {Error} */ (error) });
    }
  };
  const over = useDropped((data) => {
    const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
    const files = [...data.files]; // both are gone when the event is over
    if (entries.length > 0) take(() => gatherDropped(entries));
    else if (files.length > 0) take(() => gatherChosen(files));
  });
  const choose = (/** @type {FileList | null} */ files) => files && files.length > 0 && take(() => gatherChosen([...files]));
  return html`<div class="drop" data-over=${over}>
    <p><strong>Upload your own dataset.</strong> Drop a folder, a zip, tar, npz or Parquet file here, or choose it:</p>
    <div class="drop-choices">
      <${Chooser} choose=${choose}>Choose a file</${Chooser}>
      <${Chooser} choose=${choose} folder>Choose a folder</${Chooser}>
    </div>
    <${Formats} />
    ${state.busy && html`<${Loading} label="Reading the folder" />`}
    <${ErrorNotice} error=${state.error} />
  </div>`;
}

/** @param {{ choose: (files: FileList | null) => void, folder?: boolean, children: import("../../components/html.js").Children }} props */
function Chooser({ choose, folder = false, children }) {
  return html`<label class="button">${children}
    <input class="visually-hidden" type="file" multiple=${!folder} webkitdirectory=${folder}
      onChange=${(/** @type {any} */ event) => choose(event.target.files)} />
  </label>`;
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
