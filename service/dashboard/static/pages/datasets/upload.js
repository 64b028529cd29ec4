/** A place to drop a file, the form for its name and options, and the uploads under way. */

import { useState } from "preact/hooks";

import { html } from "../../components/html.js";
import { Forbidden } from "../../components/notices.js";
import { forbidden } from "../../state/permissions.js";
import { Drop } from "./drop.js";
import { UploadForm } from "./upload_form.js";
import { UploadList } from "./upload_list.js";

/** @param {{ taken: string[], onReady: () => void }} props names that datasets have already */
export function Upload({ taken, onReady }) {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  return html`<section class="section upload" aria-label="Upload">
    <${Forbidden} scope="train" />
    ${!forbidden("train") && (file
      ? html`<${UploadForm} key=${`${file.name} ${file.size}`} file=${file} taken=${taken} close=${() => setFile(null)} />`
      : html`<${Drop} onFile=${setFile} />`)}
    <${UploadList} onReady=${onReady} />
  </section>`;
}
