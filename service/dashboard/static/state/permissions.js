/** What the key of this tab allows; where no keys are used, everything that the dashboard does. */

import { effect, signal } from "@preact/signals";

import { getJson } from "../api/client.js";
import { restored } from "./connection.js";
import { apiKey, askForKey } from "./key.js";

/**
 * @typedef {import("bakeoff-api").OwnKeyDocument} OwnKey
 * @typedef {OwnKey["may"][number]} Scope
 */

/** null: not known yet. */
export const ownKey = signal(/** @type {OwnKey | null} */ (null));

const look = () =>
  getJson("v1/keys/self").then(
    (found) => (ownKey.value = found),
    () => null, // what the page loads says why
  );
effect(() => {
  restored.value;
  apiKey.value;
  look();
});

/**
 * Why something that needs a scope cannot be done; "" where it can, or while that is not known.
 *
 * @param {Scope} scope
 */
export function forbidden(scope) {
  const known = ownKey.value;
  if (!known?.key || known.may.includes(scope)) return "";
  return `the key “${known.key.name}” may only ${new Intl.ListFormat("en").format(known.may)}; this needs the scope “${scope}”`;
}

/**
 * Ask for another key, with which everything is loaded again.
 *
 * @param {string} reason
 */
export async function changeKey(reason) {
  if (await askForKey(reason)) restored.value += 1;
}

/**
 * Attributes of a button: disabled, and why, where the key does not allow what it does.
 *
 * @param {Scope} scope
 */
export function barred(scope) {
  const reason = forbidden(scope);
  return reason ? { disabled: true, title: reason } : {};
}
