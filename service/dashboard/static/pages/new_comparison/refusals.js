/** At which field a refusal of the API belongs: the one that it names. */

import { ApiError } from "../../api/problem.js";

/**
 * Field → why it is refused. Fields are `dataset`, `seeds`, `recipe.epochs`, `architectures`, `architectures.0`,
 * `architectures.0.options.widths`; "" is the whole request.
 *
 * @param {Error | undefined} error
 * @param {import("./request.js").Request} request that was refused
 * @returns {Map<string, string>}
 */
export function refusalsByField(error, request) {
  if (!error) return new Map();
  const stated = error instanceof ApiError && error.fields.length > 0 ? error.fields : [{ at: "body", message: error.message }];
  return new Map(stated.map(({ at, message }) => [at === "body" ? named(message, request) : within(at), message]));
}

/**
 * The field of the form that contains a place in the body: `seeds.3` is in `seeds`.
 *
 * @param {string} at
 */
function within(at) {
  const [field, first, second, third] = at.split(".");
  if (field === "recipe") return first ? `recipe.${first}` : "recipe";
  if (field !== "architectures" || !/^\d+$/.test(first ?? "")) return field;
  if (second === "label") return `architectures.${first}.label`;
  return second === "options" && third ? `architectures.${first}.options.${third}` : `architectures.${first}`;
}

/**
 * The field that a sentence speaks of.
 *
 * @param {string} message
 * @param {import("./request.js").Request} request
 */
function named(message, { architectures }) {
  const place = (/** @type {string} */ name) => architectures.findIndex((entry) => entry.name === name);
  const [, option, of] = /^option '([^']+)' of '([^']+)'/.exec(message) ?? [];
  if (option && place(of) >= 0) return `architectures.${place(of)}.options.${option}`;
  const [, stated] = /^(dataset|architectures|recipe|seeds|folds|priority|name):/.exec(message) ?? [];
  if (stated) return stated;
  if (/^(unknown )?dataset\b/.test(message)) return "dataset";
  const index = architectures.findIndex(({ name }) => message.includes(`'${name}'`));
  if (index >= 0) return `architectures.${index}`;
  return /\bfolds?\b/.test(message) ? "folds" : "";
}
