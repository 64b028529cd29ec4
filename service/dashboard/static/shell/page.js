/** The page of the address: its module and its styles are loaded when it is first shown. */

import { useEffect, useState } from "preact/hooks";

import { getJson } from "../api/client.js";
import { html } from "../components/html.js";
import { ErrorNotice, Loading } from "../components/notices.js";
import { address, current } from "../router.js";
import { restored } from "../state/connection.js";

/** @typedef {{ params: import("../router.js").Params, query: Record<string, string> }} PageProps */

/** @type {Map<string, Promise<import("preact").ComponentType<PageProps>>>} */
const loaded = new Map();
let isFirst = true;

export function Page() {
  const { folder, params } = current.value;
  const [shown, setShown] = useState({ folder: "", Component: /** @type {any} */ (null), error: /** @type {Error | undefined} */ (undefined) });
  useEffect(() => {
    let wanted = true;
    load(folder).then(
      (Component) => wanted && setShown({ folder, Component, error: undefined }),
      () => {
        if (wanted) setShown({ folder, Component: null, error: new Error("The page could not be loaded; reload it") });
        getJson("health/ready").catch(() => null); // notes an outage, after which the page is loaded again
      },
    );
    return () => {
      wanted = false;
    };
  }, [folder, restored.value]);
  useEffect(announce, [current.value]);
  if (shown.folder !== folder) return html`<${Loading} />`;
  if (shown.error) return html`<div class="page"><${ErrorNotice} error=${shown.error} /></div>`;
  const key = Object.values(params).join("/"); // another comparison is another page, with a state of its own
  return html`<${shown.Component} key=${key} params=${params} query=${address.value.query} />`;
}

/** @param {string} folder */
function load(folder) {
  const known = loaded.get(folder);
  if (known) return known;
  const loading = Promise.all([import(`../pages/${folder}/page.js`), loadStyles(folder)]).then(([module]) => module.Page);
  loading.catch(() => loaded.delete(folder));
  loaded.set(folder, loading);
  return loading;
}

/** @param {string} folder */
function loadStyles(folder) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = `./dashboard/pages/${folder}/page.css`;
  const loading = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
  });
  document.head.append(link);
  return loading;
}

/** Move to the top and the focus to the new page, as a browser does where a link loads a document. */
function announce() {
  if (isFirst) {
    isFirst = false;
    return;
  }
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}
