/** What was deleted can be had back for a day: the page at its address says that it was deleted, and restores it. */

import { sendJson } from "../api/client.js";
import { Action } from "./action.js";
import { html } from "./html.js";

const DELETED = 410; // status of the answer, for as long as it can be restored

/**
 * A button where the error says that something was deleted, otherwise nothing.
 *
 * @param {{ error: any, path: string, noun: string, reload: () => Promise<void> }} props `path` as `v1/models/ID`
 */
export function Restore({ error, path, noun, reload }) {
  if (error?.status !== DELETED) return null;
  const restore = async () => {
    await sendJson("POST", `${path}/restore`);
    await reload();
  };
  return html`<p class="restore"><${Action} kind="primary" run=${restore}>Restore the ${noun}</${Action}></p>`;
}
