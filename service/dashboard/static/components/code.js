/** The same request as several programs write it, to be copied. */

import { useId, useState } from "preact/hooks";

import { html } from "./html.js";
import { Icon } from "./icon.js";

/**
 * @param {{ label: string, samples: Record<string, string> }} props name of a tab, such as `curl` → its text; the label
 *   says what all of them do
 */
export function Code({ label, samples }) {
  const names = Object.keys(samples);
  const [shown, show] = useState(names[0]);
  const id = useId();
  return html`<div class="code">
    <div class="code-bar">
      <${Tabs} label=${label} names=${names} shown=${shown} show=${show} id=${id} />
      <${Copy} text=${samples[shown]} />
    </div>
    <pre id=${id} role="tabpanel" aria-label=${shown} tabindex="0"><code>${samples[shown]}</code></pre>
  </div>`;
}

/**
 * @param {{ label: string, names: string[], shown: string, show: (name: string) => void, id: string }} props
 */
function Tabs({ label, names, shown, show, id }) {
  const move = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const index = (names.indexOf(shown) + step + names.length) % names.length;
    show(names[index]);
    /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (event.currentTarget).children[index]).focus();
  };
  return html`<div role="tablist" aria-label=${label} class="tabs" onKeyDown=${move}>
    ${names.map(
      (name) => html`<button key=${name} type="button" role="tab" class="tab" aria-selected=${name === shown}
        aria-controls=${id} tabindex=${name === shown ? 0 : -1} onClick=${() => show(name)}>${name}</button>`,
    )}
  </div>`;
}

/** @param {{ text: string }} props */
function Copy({ text }) {
  const [copied, setCopied] = useState("");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => (setCopied("Copied"), setTimeout(() => setCopied(""), 2000)),
      () => setCopied("Select the text and copy it"), // no clipboard without HTTPS or permission
    );
  return html`<button class="button" data-kind="quiet" type="button" onClick=${copy}>
    <${Icon} name="copy" /><span aria-live="polite">${copied || "Copy"}</span>
  </button>`;
}
