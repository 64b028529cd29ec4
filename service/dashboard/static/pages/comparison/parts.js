/** The parts of the page: a heading each, and what is below it as soon as it comes into view. */

import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../../components/html.js";
import { address, changeQuery, link } from "../../router.js";

/** In the order of the page: the name in the address, and the heading. */
export const PARTS = /** @type {[string, string][]} */ ([
  ["verdicts", "Verdicts"],
  ["leaderboard", "Leaderboard"],
  ["curves", "Curves"],
  ["pairs", "Pairs"],
  ["confusions", "Confusions"],
  ["failures", "Failures"],
  ["charts", "Charts"],
  ["trainings", "Trainings"],
]);

const MARGIN = "600px 0px"; // around the window, within which a part is loaded

/**
 * @param {{ name: string, aside?: import("../../components/html.js").Children, children: () => import("../../components/html.js").Children }} props
 *   the children are a function, which is called when they are first seen
 */
export function Part({ name, aside, children }) {
  const [, title] = /** @type {[string, string]} */ (PARTS.find(([known]) => known === name));
  return html`<section class="section part" id=${`part-${name}`}>
    <div class="section-head"><h2 id=${`title-${name}`} tabindex="-1">${title}</h2>${aside && html`<div class="section-aside">${aside}</div>`}</div>
    <${Later}>${children}</${Later}>
  </section>`;
}

/** @param {{ children: () => import("../../components/html.js").Children }} props */
export function Later({ children }) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (seen) return undefined;
    const look = (/** @type {IntersectionObserverEntry[]} */ entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true);
    const observer = new IntersectionObserver(look, { rootMargin: MARGIN });
    observer.observe(/** @type {HTMLDivElement} */ (place.current));
    return () => observer.disconnect();
  }, [seen]);
  return seen ? html`${children()}` : html`<div ref=${place} class="later"></div>`;
}

/** The index of the page; the address names the part that was chosen. */
export function Contents() {
  const [within, setWithin] = useState(PARTS[0][0]);
  useEffect(() => followScrolling(setWithin), []);
  useEffect(() => {
    const { part } = address.peek().query;
    if (part) go(part);
  }, []);
  return html`<nav class="contents" aria-label="On this page">
    ${PARTS.map(([name, title]) => {
      const choose = (/** @type {Event} */ event) => {
        event.preventDefault();
        changeQuery({ part: name });
        go(name);
      };
      const href = link(address.value.path, { ...address.value.query, part: name });
      return html`<a key=${name} href=${href} aria-current=${name === within ? "location" : null} onClick=${choose}>${title}</a>`;
    })}
  </nav>`;
}

/** @param {string} name */
function go(name) {
  const part = document.getElementById(`part-${name}`);
  part?.scrollIntoView();
  document.getElementById(`title-${name}`)?.focus({ preventScroll: true });
}

/**
 * Tell which part is at the top of the window.
 *
 * @param {(name: string) => void} tell
 */
function followScrolling(tell) {
  const observer = new IntersectionObserver(
    (entries) => {
      const entered = entries.find((entry) => entry.isIntersecting);
      if (entered) tell(entered.target.id.replace("part-", ""));
    },
    { rootMargin: "-25% 0px -70% 0px" },
  );
  for (const [name] of PARTS) {
    const part = document.getElementById(`part-${name}`);
    if (part) observer.observe(part);
  }
  return () => observer.disconnect();
}
