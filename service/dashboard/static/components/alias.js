/** An alias: which model it stands for, what it stood for before, and the way back to each of those. */

import { useState } from "preact/hooks";

import { sendJson } from "../api/client.js";
import { useResource } from "../api/resource.js";
import { link } from "../router.js";
import { Action } from "./action.js";
import { html } from "./html.js";
import { Loaded } from "./notices.js";
import { Time } from "./time.js";

/** @typedef {import("bakeoff-api").AliasVersionDocument} Version */

/** @param {{ alias: string, onChanged: () => void }} props */
export function Alias({ alias, onChanged }) {
  const [open, setOpen] = useState(false);
  return html`<details class="alias" open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
    <summary><strong>${alias}</strong> <span class="faint">History</span></summary>
    ${open && html`<${History} alias=${alias} onChanged=${onChanged} />`}
  </details>`;
}

/** @param {{ alias: string, onChanged: () => void }} props */
function History({ alias, onChanged }) {
  const path = `v1/aliases/${alias}`;
  const versions = useResource(`${path}/versions`);
  const restore = async (/** @type {number} */ version) => {
    await sendJson("PUT", path, { version });
    await versions.reload();
    onChanged();
  };
  return html`<${Loaded} of=${versions}>${(/** @type {{ items: Version[] }} */ { items }) => html`<ol class="versions" reversed>
    ${items.map((version, index) => html`<${VersionRow} key=${version.version} version=${version} isNow=${index === 0} restore=${() => restore(version.version)} />`)}
  </ol>`}</${Loaded}>`;
}

/** @param {{ version: Version, isNow: boolean, restore: () => Promise<void> }} props */
function VersionRow({ version: { version, model_id: model, engine, fold, folds, created_at: at }, isNow, restore }) {
  return html`<li>
    <span class="facts">
      <span>version ${version}</span>
      <span><a href=${link(`/models/${model}`)}><code>${model}</code></a></span>
      ${fold && html`<span>fold ${fold} of ${folds}</span>`}
      ${engine && html`<span>by ${engine}</span>`}
      <span><${Time} at=${at} /></span>
    </span>
    ${isNow ? html`<span class="faint">now</span>` : html`<${Action} run=${restore}>Go back to it</${Action}>`}
  </li>`;
}
