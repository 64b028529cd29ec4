/** Whether models agree, in words. */

import { percent } from "../../components/formats.js";

/** @typedef {{ name: string, label: string, probability: number }} Vote what a model says, and how sure it is */

/**
 * @param {Vote[]} votes
 * @param {string} [truth] the true label, where it is known
 */
export function agreement(votes, truth) {
  if (votes.length === 0) return "";
  const counts = Map.groupBy(votes, ({ label }) => label);
  const ranked = [...counts].sort(([, left], [, right]) => right.length - left.length);
  const said = votes.length === 1 ? single(votes[0]) : several(votes, ranked);
  return truth === undefined ? said : `${said} ${verdict(votes, truth)}`;
}

/** @param {Vote} vote */
function single({ name, label, probability }) {
  return `${name} says ${label}, with ${percent(probability)}.`;
}

/**
 * @param {Vote[]} votes
 * @param {[string, Vote[]][]} ranked labels with their votes, most votes first
 */
function several(votes, ranked) {
  const [[label, most]] = ranked;
  const all = votes.length === 2 ? "Both models" : `All ${votes.length} models`;
  if (ranked.length === 1) return `${all} say ${label}, with ${range(votes)}.`;
  if (most.length === 1) return `The models disagree: ${listed(votes.map((vote) => `${vote.name} says ${vote.label}`))}.`;
  const others = ranked.slice(1).flatMap(([other, who]) => who.map(({ name }) => `${name} ${other}`));
  return `${most.length} of ${votes.length} say ${label}; ${listed(others)}.`;
}

/**
 * @param {Vote[]} votes
 * @param {string} truth
 */
function verdict(votes, truth) {
  const right = votes.filter(({ label }) => label === truth).length;
  if (votes.length === 1) return right ? "That is right." : `It is ${truth}.`;
  if (right === votes.length) return "That is right.";
  return right === 0 ? `None is right: it is ${truth}.` : `It is ${truth}: ${right} of ${votes.length} are right.`;
}

/** @param {Vote[]} votes */
function range(votes) {
  const sure = votes.map(({ probability }) => probability);
  const [low, high] = [percent(Math.min(...sure), 0), percent(Math.max(...sure), 0)];
  return low === high ? low : `${low.split("\u202f")[0]} to ${high}`;
}

/** @param {string[]} words */
function listed(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
