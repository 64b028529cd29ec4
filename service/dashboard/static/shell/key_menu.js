/** The API key in use: its name, what it may do, and how to change it. Nothing where no keys are used. */

import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";
import { forgetKey } from "../state/key.js";
import { changeKey, ownKey } from "../state/permissions.js";

const SCOPES = { read: "look at everything", predict: "ask models", train: "start, change and delete", admin: "manage keys" };

export function KeyMenu() {
  const known = ownKey.value;
  if (!known?.key) return null;
  const { name } = known.key;
  const act = (/** @type {() => void} */ action) => (/** @type {any} */ event) => {
    event.currentTarget.closest("details").open = false;
    action();
  };
  return html`<details class="menu key-menu">
    <summary class="button" data-kind="quiet" title=${`API key: ${name}`}><${Icon} name="key" /><span class="key-name"><bdi>${name}</bdi></span></summary>
    <div class="menu-items">
      <p class="hint">This key may</p>
      <ul class="key-scopes">${Object.entries(SCOPES).map(([scope, words]) => html`<${Scope} key=${scope} words=${words} may=${known.may.some((each) => each === scope)} />`)}</ul>
      <button class="button" data-kind="quiet" type="button" onClick=${act(() => changeKey("another key for this tab"))}>Use another key</button>
      <button class="button" data-kind="quiet" type="button" onClick=${act(forgetKey)}>Forget it</button>
    </div>
  </details>`;
}

/** @param {{ words: string, may: boolean }} props */
function Scope({ words, may }) {
  return html`<li data-may=${may}><${Icon} name=${may ? "succeeded" : "failed"} label=${may ? "yes:" : "no:"} />${words}</li>`;
}
