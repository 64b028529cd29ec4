/** A comparison that was deleted can be had back for a day. */

import { sendJson } from "../../api/client.js";
import { Action } from "../../components/action.js";
import { html } from "../../components/html.js";

const GONE = 410;

/** @param {{ error: any, id: string, reload: () => Promise<void> }} props */
export function Restore({ error, id, reload }) {
  if (error?.status !== GONE) return null;
  const restore = async () => {
    await sendJson("POST", `v1/comparisons/${encodeURIComponent(id)}/restore`);
    await reload();
  };
  return html`<p class="restore"><${Action} kind="primary" run=${restore}>Restore the comparison</${Action}></p>`;
}
