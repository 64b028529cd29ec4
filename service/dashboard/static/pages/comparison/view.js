/**
 * What the reader has chosen on this page, as the address has it. Architectures and classes are named by their places,
 * which never change.
 *
 * `without=0.3` hides architectures everywhere; `base=1` is the baseline; `part=curves` is where the page begins.
 */

import { changeQuery } from "../../router.js";

/**
 * @typedef {import("bakeoff-api").ComparisonDocument} Comparison
 * @typedef {Comparison["architectures"][number] & { index: number }} Entry an architecture and its place
 * @typedef {{ comparison: Comparison, query: Record<string, string>, entries: Entry[], shown: Entry[],
 *   base: Entry | undefined }} View `entries` are all architectures, `shown` those that the reader has not hidden
 */

/**
 * @param {Comparison} comparison
 * @param {Record<string, string>} query
 * @returns {View}
 */
export function readView(comparison, query) {
  const entries = comparison.architectures.map((architecture, index) => ({ ...architecture, index }));
  const hidden = places(query.without);
  const shown = entries.filter(({ index }) => !hidden.includes(index));
  return { comparison, query, entries, shown, base: shown.find(({ index }) => String(index) === query.base) };
}

/**
 * Hide these architectures, and show all others.
 *
 * @param {number[]} indices
 */
export function hide(indices) {
  changeQuery({ without: indices.toSorted((left, right) => left - right).join(".") });
}

/**
 * The numbers in `1.4.9`; none in what people have mistyped.
 *
 * @param {string | undefined} text
 */
export function places(text) {
  return (text ?? "").split(".").filter(Boolean).map(Number).filter(Number.isInteger);
}

/**
 * The architectures that have a result, the highest mean test accuracy first.
 *
 * @param {View} view
 */
export function byAccuracy({ comparison, shown }) {
  const ranks = new Map(comparison.leaderboard.map((row) => [row.architecture, row.rank]));
  const rank = (/** @type {Entry} */ { label }) => /** @type {number} */ (ranks.get(label));
  return shown.filter(({ label }) => ranks.has(label)).sort((left, right) => rank(left) - rank(right));
}
