/** What the service finds among the comparisons that have not been loaded. */

import { useEffect, useState } from "preact/hooks";

import { withQuery } from "../../api/client.js";
import { useResource } from "../../api/resource.js";

const PAUSE = 300; // milliseconds without a key

/**
 * The comparisons in which the service finds a text; none where all are loaded already, or while it is typed.
 *
 * @param {{ find: string, tag: string, isWhole: boolean }} wanted
 * @returns {import("bakeoff-api").ComparisonSummary[]}
 */
export function useFound({ find, tag, isWhole }) {
  const [settled, setSettled] = useState(find);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(find), PAUSE);
    return () => clearTimeout(timer);
  }, [find]);
  const isAsked = !isWhole && settled !== "" && settled === find;
  const found = useResource(isAsked ? withQuery("v1/comparisons", { limit: 100, search: settled, tag }) : null);
  return found.data?.items ?? [];
}
