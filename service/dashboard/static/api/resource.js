/** What a component shows of the API: loaded when it is shown, and again when there is reason to. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { restored } from "../state/connection.js";
import { getJson, withQuery } from "./client.js";

/**
 * @template T
 * @typedef {{ data: T | undefined, error: Error | undefined, loading: boolean, reload: () => Promise<void>,
 *   change: (update: (data: T) => T) => void }} Resource
 *   `data` stays while it is loaded again; `change` changes what is shown, as an event says
 */

/**
 * The JSON at a path; null loads nothing. It is loaded again when the path changes, when `reload` is called, and when
 * the service answers again after it did not.
 *
 * @param {string | null} path
 * @returns {Resource<any>}
 */
export function useResource(path) {
  const [state, setState] = useState({ path, data: undefined, error: undefined, loading: path !== null });
  const controller = useRef(/** @type {AbortController | null} */ (null));
  const running = useRef(/** @type {Promise<void> | null} */ (null));
  const next = useRef(/** @type {Promise<void> | null} */ (null));
  const load = useCallback(async () => {
    controller.current?.abort();
    running.current = next.current = null;
    if (path === null) return;
    const { signal } = (controller.current = new AbortController());
    /** @param {object} outcome */
    const settle = (outcome) => {
      if (signal.aborted) return;
      running.current = null;
      setState((before) => ({ ...before, error: undefined, path, loading: false, ...outcome }));
    };
    running.current = getJson(path, { signal }).then(
      (data) => settle({ data }),
      (error) => settle({ error }),
    );
    await running.current;
  }, [path]);
  // What is on its way is shown when it comes, although it may be older than the reason to load again: then once more.
  const reload = useCallback(() => {
    if (!running.current) return load();
    /** @type {Promise<void>} */
    const promised = next.current ?? running.current.then(() => (next.current === promised ? load() : undefined));
    next.current = promised;
    return promised;
  }, [load]);
  useEffect(() => {
    load();
    return () => controller.current?.abort();
  }, [load, restored.value]);
  const change = useCallback((/** @type {(data: any) => any} */ update) => {
    setState((before) => (before.data === undefined ? before : { ...before, data: update(before.data) }));
  }, []);
  const isOfPath = state.path === path;
  return {
    data: isOfPath ? state.data : undefined,
    error: isOfPath ? state.error : undefined,
    loading: isOfPath ? state.loading : path !== null,
    reload,
    change,
  };
}

/**
 * A list that the API gives page by page.
 *
 * @param {string} path without `cursor`
 * @param {Record<string, string | number | null | undefined>} [query]
 * @returns {{ items: any[], error: Error | undefined, loading: boolean, more: (() => Promise<void>) | null,
 *   reload: () => Promise<void> }} `more` loads the next page; null: there is none
 */
export function usePages(path, query = {}) {
  const first = useResource(withQuery(path, query));
  const [rest, setRest] = useState({ of: /** @type {any} */ (null), items: /** @type {any[]} */ ([]), next: "" });
  const followsFirst = rest.of === first.data && first.data !== undefined;
  const items = [...(first.data?.items ?? []), ...(followsFirst ? rest.items : [])];
  const next = followsFirst ? rest.next : first.data?.next;
  const more = async () => {
    const page = await getJson(withQuery(path, { ...query, cursor: next }));
    const before = followsFirst ? rest.items : [];
    setRest({ of: first.data, items: [...before, ...page.items], next: page.next });
  };
  return { items, error: first.error, loading: first.loading, more: next ? more : null, reload: first.reload };
}
