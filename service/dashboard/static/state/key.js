/**
 * The API key, where this installation asks for one. It lies in the storage of this tab until the tab is closed, and in
 * no address, cookie or log.
 */

import { signal } from "@preact/signals";

const STORED = "bakeoff-key";

/** The key; "" where none was given. */
export const apiKey = signal(sessionStorage.getItem(STORED) ?? "");

/** Why a key is asked for, in the words of the API; null: it is not. The shell shows a dialog meanwhile. */
export const question = signal(/** @type {string | null} */ (null));

/** Why requests are refused until another key is given; null: they are not. The shell says so. */
export const refusedKey = signal(/** @type {string | null} */ (null));

/** @type {((given: boolean) => void)[]} */
let waiting = [];

/**
 * Ask the reader for a key, once however many requests need it.
 *
 * @param {string} reason
 * @returns {Promise<boolean>} whether one was given
 */
export function askForKey(reason) {
  question.value = reason;
  return new Promise((resolve) => waiting.push(resolve));
}

/** @param {string} key "" for none */
export function answerKey(key) {
  if (key) {
    apiKey.value = key;
    sessionStorage.setItem(STORED, key);
    refusedKey.value = null;
  }
  question.value = null;
  for (const resolve of waiting) resolve(Boolean(key));
  waiting = [];
}

/** Forget the key. */
export function forgetKey() {
  apiKey.value = "";
  sessionStorage.removeItem(STORED);
}
