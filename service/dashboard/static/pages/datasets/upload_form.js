/** The name and the options of an upload. */

import { useState } from "preact/hooks";

import { bytes } from "../../components/formats.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { SendingForm } from "../../components/sending_form.js";
import { Warning } from "../../components/notices.js";
import { startUpload } from "./uploads.js";

const DEFAULTS = { size: "", fit: "", test_share: "", damaged: "" };

/** @param {{ file: File, taken: string[], close: () => void }} props */
export function UploadForm({ file, taken, close }) {
  const [name, setName] = useState(nameOf(file.name));
  const [options, setOptions] = useState(DEFAULTS);
  const change = (/** @type {any} */ event) => setOptions({ ...options, [event.target.name]: event.target.value });
  const run = async () => {
    startUpload(file, name, options);
    close();
  };
  return html`<div class="panel upload-form">
    <p class="upload-file"><strong><bdi>${file.name}</bdi></strong> <span class="faint numbers">${bytes(file.size)}</span></p>
    <${SendingForm} run=${run} submit="Upload" onCancel=${close}>
      <div class="upload-fields">
        <${Field} label="Name" hint="Lower-case letters, digits and _"><input type="text" required pattern="[a-z][a-z0-9_]{0,63}" title="lower-case letters, digits and _, beginning with a letter" value=${name}
            onInput=${(/** @type {any} */ event) => setName(event.target.value)} autofocus /></${Field}>
        <${Field} label="Size" hint="Of every image, in pixels: 64 or 96x128"><input type="text" name="size" value=${options.size} placeholder="as the images are" onInput=${change} /></${Field}>
        <${Field} label="Fit" hint="Of images of other proportions"><select name="fit" value=${options.fit} onChange=${change}>
            <option value="">Crop around the centre</option><option value="pad">Pad with black</option><option value="stretch">Stretch</option>
          </select></${Field}>
        <${Field} label="Test share" hint="Held out where there is no test split"><input type="number" name="test_share" min="0.01" max="0.9" step="0.01" value=${options.test_share} placeholder="0.2" onInput=${change} /></${Field}>
        <${Field} label="Damaged images" hint="Refused by name, or counted"><select name="damaged" value=${options.damaged} onChange=${change}>
            <option value="">Refuse the upload</option><option value="skip">Leave them out, and count them</option>
          </select></${Field}>
      </div>
      ${taken.includes(name) && html`<${Warning}>There is a dataset <bdi>${name}</bdi> already: the upload takes its place. Models that were trained on it stay.</${Warning}>`}
    </${SendingForm}>
  </div>`;
}

/**
 * A name that a dataset may have, from that of a file.
 *
 * @param {string} file
 */
function nameOf(file) {
  const stem = file.replace(/(\.(zip|tar|gz|tgz|bz2|xz|npz|parquet))+$/i, "").toLowerCase();
  return stem.replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 64);
}
