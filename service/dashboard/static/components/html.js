/** Templates: `html` makes elements of text, which preact shows as text and never as markup. */

import htm from "htm";
import { h } from "preact";

/**
 * @typedef {import("preact").VNode<any>} VNode
 * @typedef {import("preact").ComponentChildren} Children
 */

/** @type {(strings: TemplateStringsArray, ...values: any[]) => VNode} */
export const html = /** @type {any} */ (htm.bind(/** @type {any} */ (h)));
