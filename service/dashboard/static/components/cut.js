/** Text that people have written, cut to a length; all of it shows on hovering. */

import { html } from "./html.js";

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** @param {{ text: string, length: number }} props `length` in letters as people count them */
export function Cut({ text, length }) {
  const short = cut(text, length);
  return html`<bdi title=${short === text ? null : text}>${short}</bdi>`;
}

/**
 * @param {string} text
 * @param {number} length
 */
export function cut(text, length) {
  if (text.length <= length) return text;
  const found = Array.from(letters.segment(text), ({ segment }) => segment);
  return found.length <= length ? text : `${found.slice(0, length - 1).join("").trimEnd()}…`;
}
