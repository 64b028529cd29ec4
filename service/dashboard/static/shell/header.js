/** The header: where one can go, what there is to compute with, and the theme. */

import { useEffect, useState } from "preact/hooks";

import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";
import { address, current, link, navigate } from "../router.js";
import { choice, chooseTheme } from "../state/theme.js";
import { KeyMenu } from "./key_menu.js";
import { Machine } from "./machine.js";

/** Name, path, and the beginning of the paths at which it is marked. */
const PLACES = [
  ["Home", "/"],
  ["Comparisons", "/comparisons"],
  ["Jobs", "/jobs"],
  ["Datasets", "/datasets"],
  ["Models", "/models"],
  ["Playground", "/playground"],
];

export function Header() {
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [current.value]);
  return html`<header class="header" data-open=${open}>
    <a class="wordmark" href=${link("/")}>Bakeoff</a>
    <button class="button header-menu" data-kind="quiet" type="button" aria-expanded=${open} aria-controls="places" onClick=${() => setOpen(!open)}>
      <${Icon} name=${open ? "close" : "menu"} />Menu
    </button>
    <div id="places" class="header-places">
      <nav aria-label="Main">
        ${PLACES.map(([name, path]) => html`<a key=${path} href=${link(path)} aria-current=${isAt(path) ? "page" : null}>${name}</a>`)}
        <a href="./docs">API</a>
      </nav>
      <${Search} />
      <${Machine} />
      <${KeyMenu} />
      <${ThemeChoice} />
    </div>
  </header>`;
}

/** @param {string} path */
function isAt(path) {
  const at = address.value.path;
  return path === "/" ? at === "/" : at === path || at.startsWith(`${path}/`);
}

function Search() {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    navigate("/search", { find: String(new FormData(form).get("find")) });
  };
  return html`<form class="search" role="search" onSubmit=${submit}>
    <${Icon} name="search" /><input type="search" name="find" maxlength="100" value=${isAt("/search") ? (address.value.query.find ?? "") : ""}
      aria-label="Search everything" placeholder="Search" />
  </form>`;
}

function ThemeChoice() {
  return html`<fieldset class="segments">
    <legend class="visually-hidden">Theme</legend>
    ${["system", "light", "dark"].map(
      (name) => html`<label key=${name} class="segment" title=${`Theme: ${name}`}>
        <input type="radio" name="theme" class="visually-hidden" value=${name} checked=${choice.value === name}
          onChange=${() => chooseTheme(/** @type {any} */ (name))} /><${Icon} name=${name} label=${name} />
      </label>`,
    )}
  </fieldset>`;
}
