/** A tested pair of architectures, from the side of one of them. */

import { points } from "../../components/formats.js";

/** @typedef {import("bakeoff-api").PairStatistics} PairStatistics */

/**
 * @typedef {object} Side what the tests say of an architecture against another; differences in shares
 * @property {number} difference
 * @property {[number, number]} images 95 % interval over images
 * @property {[number, number]} seeds and over images and seeds, or over folds
 * @property {"better" | "worse" | "equivalent" | "not shown"} finding
 * @property {PairStatistics} pair
 */

/**
 * @param {PairStatistics[]} pairs
 * @param {string} label
 * @param {string} other
 * @returns {Side | undefined}
 */
export function pairOf(pairs, label, other) {
  const pair = pairs.find(({ better, worse }) => (better === label && worse === other) || (better === other && worse === label));
  if (!pair) return undefined;
  const isBetter = pair.better === label;
  const turned = (/** @type {number} */ low, /** @type {number} */ high) => /** @type {[number, number]} */ (isBetter ? [low, high] : [-high, -low]);
  const findings = { better: isBetter ? "better" : "worse", equivalent: "equivalent" };
  return {
    difference: isBetter ? pair.difference : -pair.difference,
    images: turned(pair.low, pair.high),
    seeds: turned(pair.low_with_seeds, pair.high_with_seeds),
    finding: /** @type {Side["finding"]} */ (findings[/** @type {"better"} */ (pair.finding)] ?? "not shown"),
    pair,
  };
}

/** A sign for each finding, so that colour does not speak alone. */
export const SIGNS = { better: "▲", worse: "▼", equivalent: "≈", "not shown": "?" };

/** @param {Side} side */
export function findingWords({ difference, seeds, images, finding, pair }) {
  const [low, high] = pair.trainings > 1 ? seeds : images;
  return `${points(difference)} (${points(low)} to ${points(high)}), ${finding}`;
}
