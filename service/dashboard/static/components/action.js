/** A button that does something which takes time: it waits, and shows what went wrong beside itself. */

import { useState } from "preact/hooks";

import { html } from "./html.js";
import { ErrorNotice } from "./notices.js";
import { forbidden } from "../state/permissions.js";

/**
 * @param {{ run: () => Promise<void>, kind?: "plain" | "primary" | "danger" | "quiet", disabled?: boolean,
 *   needs?: import("../state/permissions.js").Scope,
 *   children: import("./html.js").Children }} props `needs` is the scope that a key must have for it
 */
export function Action({ run, kind = "plain", disabled = false, needs = "train", children }) {
  const [state, setState] = useState({ busy: false, error: /** @type {Error | undefined} */ (undefined) });
  const click = async () => {
    setState({ busy: true, error: undefined });
    await run().then(
      () => setState({ busy: false, error: undefined }),
      (error) => setState({ busy: false, error }),
    );
  };
  const reason = forbidden(needs);
  return html`<span class="action">
    <button class="button" data-kind=${kind} type="button" disabled=${disabled || state.busy || reason !== ""} title=${reason || null} aria-busy=${state.busy} onClick=${click}>
      ${children}
    </button>
    <${ErrorNotice} error=${state.error} />
  </span>`;
}
