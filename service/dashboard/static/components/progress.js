/** How far something is. */

import { html } from "./html.js";

/**
 * @param {{ value: number | null, label: string }} props `value` from 0 to 1; null: not known. The label says of
 *   what, for those who do not see the bar
 */
export function Progress({ value, label }) {
  const share = value === null ? undefined : Math.min(1, Math.max(0, value));
  return html`<progress class="progress" max="1" value=${share} aria-label=${label}></progress>`;
}
