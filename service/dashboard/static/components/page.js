/** The frame of every page: its title, what belongs beside it, and its sections. */

import { useEffect } from "preact/hooks";

import { html } from "./html.js";

/** @typedef {import("./html.js").Children} Children */

/**
 * @param {{ title: string, about?: Children, actions?: Children, children: Children }} props
 */
export function PageFrame({ title, about, actions, children }) {
  useEffect(() => {
    document.title = `${title} · Bakeoff`;
  }, [title]);
  return html`<div class="page">
    <header class="page-head">
      <div><h1><bdi>${title}</bdi></h1>${about && html`<p class="page-about">${about}</p>`}</div>
      ${actions && html`<div class="page-actions">${actions}</div>`}
    </header>
    ${children}
  </div>`;
}

/**
 * @param {{ title: string, aside?: Children, children: Children }} props `aside` stands at the right of the title
 */
export function Section({ title, aside, children }) {
  return html`<section class="section">
    <div class="section-head"><h2>${title}</h2>${aside && html`<div class="section-aside">${aside}</div>`}</div>
    ${children}
  </section>`;
}
