/** What the tests of comparisons say: asked for one after the other, for a large one takes the service a second. */

import { useEffect, useState } from "preact/hooks";

import { getJson } from "../../api/client.js";
import { isUnfinished, testedVerdict } from "./verdict.js";

/** @typedef {import("bakeoff-api").ComparisonSummary} Comparison */

/** The last question: the next waits for it. */
let last = Promise.resolve();

/**
 * The verdict in a few words; "" until it is known. An ended comparison does not change.
 *
 * @param {Comparison} comparison
 */
export function useTested(comparison) {
  const [words, setWords] = useState("");
  const wanted = !isUnfinished(comparison) && Boolean(comparison.leader?.ahead_of);
  useEffect(() => {
    if (!wanted) return undefined;
    const controller = new AbortController();
    last = last.then(() => ask(comparison, controller.signal, setWords));
    return () => controller.abort();
  }, [comparison.id, wanted, comparison.num_ended]);
  return words;
}

/**
 * @param {Comparison} comparison
 * @param {AbortSignal} signal
 * @param {(words: string) => void} tell
 */
async function ask(comparison, signal, tell) {
  if (signal.aborted) return;
  await getJson(`v1/comparisons/${comparison.id}/statistics`, { signal }).then(
    ({ pairs }) => tell(testedVerdict(pairs, comparison)),
    () => null, // the line stands without it
  );
}
