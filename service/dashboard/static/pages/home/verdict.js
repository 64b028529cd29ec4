/** What the tests of a comparison say, in a few words: no stronger than they are. */

import { points } from "../../components/formats.js";

/** @typedef {import("bakeoff-api").ComparisonSummary} Comparison */

/** @param {Comparison} comparison */
export function isUnfinished({ status }) {
  return status === "queued" || status === "running";
}

/**
 * Whether the leader is really better than the second, of whom there are `points` between the two.
 *
 * @param {import("bakeoff-api").PairStatistics[]} pairs
 * @param {Comparison} comparison
 */
export function testedVerdict(pairs, { leader }) {
  const pair = pairs.find((tested) => tested.better === leader?.architecture && tested.worse === leader?.ahead_of);
  if (!pair) return "";
  const difference = `${points(pair.difference)} points`;
  if (pair.finding === "better") return `beats ${pair.worse}, ${difference}`;
  if (pair.finding === "equivalent") return `equivalent to ${pair.worse}`;
  return `no difference shown to ${pair.worse}, ${difference}`;
}
