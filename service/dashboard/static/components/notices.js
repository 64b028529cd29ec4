/** What stands where something is missing: it loads, it failed, there is nothing yet, beware. */

import { html } from "./html.js";
import { Icon } from "./icon.js";
import { forbidden } from "../state/permissions.js";

/** @typedef {import("./html.js").Children} Children */

/**
 * An error, in the words of the API, where it belongs.
 *
 * @param {{ error: Error | undefined, retry?: () => void }} props
 */
export function ErrorNotice({ error, retry }) {
  if (!error) return null;
  return html`<div class="notice" data-kind="error" role="alert">
    <${Icon} name="warning" /><p class="sentence"><bdi>${error.message}</bdi></p>
    ${retry && html`<button class="button" type="button" onClick=${retry}>Try again</button>`}
  </div>`;
}

/** @param {{ children: Children }} props */
export function Warning({ children }) {
  return html`<div class="notice" data-kind="warning"><${Icon} name="warning" /><p>${children}</p></div>`;
}

/** @param {{ scope: import("../state/permissions.js").Scope }} props what is about to be done needs it; nothing where the key has it */
export function Forbidden({ scope }) {
  const reason = forbidden(scope);
  return reason && html`<${Warning}><bdi class="sentence-case">${reason}.</bdi></${Warning}>`;
}

/** @param {{ title: string, children?: Children }} props what is missing, and what to do about it */
export function Empty({ title, children }) {
  return html`<div class="empty"><p class="empty-title">${title}</p>${children}</div>`;
}

/** @param {{ label?: string }} props */
export function Loading({ label = "Loading" }) {
  return html`<p class="loading" role="status">${label}…</p>`;
}

/**
 * What a resource has: its error, that it loads, or its data.
 *
 * @param {{ of: import("../api/resource.js").Resource<any>, children: (data: any) => Children }} props
 */
export function Loaded({ of: resource, children }) {
  if (resource.data !== undefined) return html`${children(resource.data)}`;
  if (resource.error) return html`<${ErrorNotice} error=${resource.error} retry=${resource.reload} />`;
  return html`<${Loading} />`;
}
