/** What surrounds every page: the header, whether the service answers, the page of the address, dialogs, toasts. */

import { html } from "../components/html.js";
import { Banner } from "./banner.js";
import { Header } from "./header.js";
import { KeyDialog } from "./key_dialog.js";
import { Page } from "./page.js";
import { Toasts } from "./toasts.js";

export function Shell() {
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <${Header} />
    <div role="status"><${Banner} /></div>
    <main id="main" tabindex="-1"><${Page} /></main>
    <${KeyDialog} />
    <${Toasts} />
  `;
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault(); // the address is that of the page
  document.getElementById("main")?.focus();
}
