/** A button that downloads a file of the API. */

import { download } from "../api/files.js";
import { Action } from "./action.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";

/** @param {{ path: string, children: import("./html.js").Children }} props */
export function Download({ path, children }) {
  return html`<${Action} needs="read" run=${() => download(path)}><${Icon} name="download" />${children}</${Action}>`;
}
