/** Short messages at the edge of the page, for what has happened elsewhere than where the reader looks. */

import { signal } from "@preact/signals";

/** @typedef {{ id: number, text: string, kind: "done" | "error" }} Toast */

const SECONDS = 6;
let last = 0;

export const toasts = signal(/** @type {Toast[]} */ ([]));

/**
 * @param {string} text
 * @param {"done" | "error"} [kind] an error stays until it is closed
 */
export function toast(text, kind = "done") {
  const id = ++last;
  toasts.value = [...toasts.value, { id, text, kind }];
  if (kind === "done") setTimeout(() => closeToast(id), 1000 * SECONDS);
}

/** @param {number} id */
export function closeToast(id) {
  toasts.value = toasts.value.filter((shown) => shown.id !== id);
}
