/** The architectures as chips: each is shown or hidden in all parts of the page at once. */

import { html } from "../../components/html.js";
import { Mark } from "./mark.js";
import { hide } from "./view.js";

/** @param {{ view: import("./view.js").View }} props */
export function Chips({ view: { entries, shown } }) {
  if (entries.length < 2) return null;
  const isShown = (/** @type {number} */ index) => shown.some((entry) => entry.index === index);
  const toggle = (/** @type {number} */ index) =>
    hide(entries.map((entry) => entry.index).filter((other) => (other === index) === isShown(other)));
  return html`<fieldset class="chips">
    <legend>Architectures <span class="faint numbers">${shown.length} of ${entries.length}</span></legend>
    <div class="chips-list">
      ${entries.map(
        ({ index, label }) => html`<label key=${index} class="chip">
          <input type="checkbox" checked=${isShown(index)} onChange=${() => toggle(index)} />
          <${Mark} index=${index} /><bdi>${label}</bdi>
        </label>`,
      )}
    </div>
    ${shown.length < entries.length && html`<button class="button" data-kind="quiet" type="button" onClick=${() => hide([])}>Show all</button>`}
  </fieldset>`;
}
