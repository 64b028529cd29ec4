/** The address: `./#/comparisons/ID?sort=loss`. Its path names the page, its query is the state of the view. */

import { computed, signal } from "@preact/signals";

import { notFound, routes } from "./routes.js";

/**
 * @typedef {{ path: string, query: Record<string, string> }} Address
 * @typedef {Record<string, string>} Params the parts of a path that its pattern names
 */

/** Where the reader is. */
export const address = signal(/** @type {Address} */ ({ path: "/", query: {} }));

/** The path alone, which does not change when only the state of the view does. */
const path = computed(() => address.value.path);

/** The route of the address, with its parameters. */
export const current = computed(() => matchRoute(path.value));

/** Follow the address bar. */
export function startRouter() {
  const read = () => {
    address.value = parse(location.hash);
  };
  addEventListener("hashchange", read);
  read();
}

/**
 * The link to a page, for `href`.
 *
 * @param {string} path
 * @param {Record<string, string | number | undefined>} [query] parameters without a value are left out
 */
export function link(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `#${path}${text ? `?${text}` : ""}`;
}

/**
 * Go to a page.
 *
 * @param {string} path
 * @param {Record<string, string | number | undefined>} [query]
 */
export function navigate(path, query) {
  location.hash = link(path, query);
}

/**
 * Change the state of the view: the address changes, the history gets no entry, the page stays.
 *
 * @param {Record<string, string | undefined>} changes parameter → value; undefined or "" removes it
 */
export function changeQuery(changes) {
  const { path, query } = address.value;
  const hash = link(path, { ...query, ...changes });
  history.replaceState(null, "", hash);
  address.value = parse(hash);
}

/**
 * @param {string} hash
 * @returns {Address}
 */
function parse(hash) {
  const [path, query = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  return { path: path.replace(/\/+$/, "") || "/", query: Object.fromEntries(new URLSearchParams(query)) };
}

/**
 * @param {string} path
 * @returns {{ folder: string, params: Params }}
 */
function matchRoute(path) {
  for (const { pattern, folder } of routes) {
    const params = match(pattern.split("/"), path.split("/"));
    if (params) return { folder, params };
  }
  return { folder: notFound.folder, params: {} };
}

/**
 * @param {string[]} pattern
 * @param {string[]} parts
 * @returns {Params | null}
 */
function match(pattern, parts) {
  if (pattern.length !== parts.length) return null;
  /** @type {Params} */
  const params = {};
  for (const [index, name] of pattern.entries()) {
    if (name.startsWith(":")) params[name.slice(1)] = decode(parts[index]);
    else if (name !== parts[index]) return null;
  }
  return params;
}

/**
 * @param {string} part of a path, which people may have typed
 */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
