/** What every chosen model says of the picture, each as soon as it answers. */

import { useEffect, useRef, useState } from "preact/hooks";

import { withQuery } from "../../api/client.js";
import { makeAsker } from "./asker.js";

/**
 * @typedef {import("./asker.js").Outcome} Outcome
 * @typedef {import("./selection.js").Chosen} Chosen
 */

/**
 * @param {Chosen[]} chosen those that are still loading are asked when they are there
 * @param {import("./picture.js").Picture | null} picture null: nothing is asked, and nothing said
 * @param {Record<string, string | undefined>} options parameters of the request
 * @returns {Record<string, Outcome>} by id; that of an earlier picture stays until a newer one is there
 */
export function useAnswers(chosen, picture, options) {
  const [outcomes, setOutcomes] = useState(/** @type {Record<string, Outcome>} */ ({}));
  const askers = useRef(/** @type {Map<string, ReturnType<typeof makeAsker>>} */ (new Map()));
  const ready = chosen.filter(({ model }) => model);
  const stop = (/** @type {string} */ id) => {
    askers.current.get(id)?.stop();
    askers.current.delete(id);
  };
  useEffect(() => {
    for (const id of askers.current.keys()) if (!picture || !ready.some((each) => each.id === id)) stop(id);
    if (!picture) return setOutcomes({});
    for (const { id, model } of ready) {
      const asker = askers.current.get(id) ?? makeAsker((outcome) => setOutcomes((before) => ({ ...before, [id]: outcome })));
      askers.current.set(id, asker);
      const path = withQuery(`v1/models/${encodeURIComponent(id)}/predictions`, options);
      asker.ask({ picture, path, model: /** @type {any} */ (model) });
    }
  }, [picture, ready.map(({ id }) => id).join(","), JSON.stringify(options)]);
  useEffect(() => () => [...askers.current.keys()].forEach(stop), []);
  return outcomes;
}
