/**
 * Which models answer: those that the address names, or the best of each architecture of a comparison.
 *
 * `comparison` in the address offers the models of a comparison, `comparison=none` any model and alias; `models` are
 * those that are chosen of them.
 */

import { useEffect, useRef, useState } from "preact/hooks";

import { getJson } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { percent } from "../../components/formats.js";
import { useAtMost } from "../../state/at_most.js";
import { restored } from "../../state/connection.js";
import { useLive } from "../../state/live.js";

/**
 * @typedef {import("bakeoff-api").ModelDocument} Model
 * @typedef {import("bakeoff-api").ComparisonDocument} Comparison
 * @typedef {{ id: string, name: string, about: string, index?: number }} Candidate a model or an alias that can be
 *   chosen; `index` is the place of its architecture in the comparison
 * @typedef {Candidate & { model?: Model, error?: Error }} Chosen without a model while it loads
 * @typedef {{ comparison: string, comparisons: import("bakeoff-api").ComparisonSummary[], candidates: Candidate[],
 *   chosen: Chosen[], loading: boolean, error: Error | undefined }} Selection `comparison` is ANY or an id
 */

export const ANY = "none";
const MOST = 12; // models that answer unless the reader chooses more
const PAUSE = 2000; // milliseconds between two looks for new models

/**
 * @param {Record<string, string>} query of the address
 * @returns {Selection}
 */
export function useSelection(query) {
  const comparisons = useResource("v1/comparisons?limit=100");
  const withModels = (comparisons.data?.items ?? []).filter((/** @type {any} */ { leader }) => leader);
  const newest = useRef(""); // when the page was opened: one that ends later does not take its place
  if (comparisons.data) newest.current ||= withModels[0]?.id ?? ANY;
  const asked = query.comparison || (query.models ? ANY : newest.current);
  const isAny = asked === ANY;
  const comparison = useResource(asked && !isAny ? `v1/comparisons/${encodeURIComponent(asked)}` : null);
  const models = useResource(isAny ? "v1/models?limit=200" : null);
  const aliases = useResource(isAny ? "v1/aliases" : null);
  useNewModels([comparisons, comparison, models]);
  const candidates = isAny ? anyCandidates(models.data?.items ?? [], aliases.data?.items ?? []) : candidatesOf(comparison.data);
  const ids = query.models ? [...new Set(query.models.split(",").filter(Boolean))] : isAny ? newestOf(models.data) : bestOf(comparison.data);
  const known = useModels(ids);
  const found = ids.map((id) => ({ ...(candidates.find((candidate) => candidate.id === id) ?? unlisted(id, known[id]?.model)), ...known[id] }));
  const loading = [comparisons, comparison, models, aliases].some((resource) => resource.loading);
  const chosen = useLatest(found, !loading);
  const [first] = [comparisons, comparison, models, aliases].filter(({ error }) => error);
  return {
    comparison: comparison.data?.id ?? asked,
    comparisons: withShown(withModels, comparison.data),
    candidates,
    chosen,
    loading,
    error: first?.error,
  };
}

/**
 * Load lists again when a training has made a model.
 *
 * @param {import("../../api/resource.js").Resource<unknown>[]} lists
 */
function useNewModels(lists) {
  const reload = useAtMost(async () => void (await Promise.all(lists.map((list) => list.reload()))), PAUSE);
  useLive(({ kind, data }) => {
    if (kind === "ready" || (kind === "status" && data.status === "succeeded")) reload();
  });
}

/**
 * The models that the trainings of a comparison have made, in its order.
 *
 * @param {Comparison | undefined} comparison
 * @returns {Candidate[]}
 */
function candidatesOf(comparison) {
  if (!comparison) return [];
  const made = comparison.jobs.filter((job) => job.model_id);
  return made.map((job) => {
    const index = comparison.architectures.findIndex((each) => each.name === job.architecture && isSame(each.options, job.options));
    const fold = job.fold ? `, fold ${job.fold}` : "";
    const name = comparison.architectures[index]?.label ?? job.architecture ?? "";
    return { id: /** @type {string} */ (job.model_id), name, about: `seed ${job.seed}${fold}`, index };
  });
}

/**
 * @param {Model[]} models
 * @param {{ alias: string, model_id: string }[]} aliases
 * @returns {Candidate[]}
 */
function anyCandidates(models, aliases) {
  const named = aliases.map(({ alias, model_id: id }) => {
    const model = models.find((each) => each.id === id);
    return { id: alias, name: alias, about: model ? `alias of ${model.architecture}, ${facts(model)}` : "alias" };
  });
  return [...named, ...models.map((model) => ({ id: model.id, name: model.architecture, about: facts(model) }))];
}

/** @param {Model} model */
function facts({ dataset, seed, fold, test_accuracy: accuracy, quantised_from: isQuantised }) {
  const words = [dataset, `seed ${seed}`, ...(fold ? [`fold ${fold}`] : []), ...(isQuantised ? ["int8"] : []), percent(accuracy)];
  return words.join(", ");
}

/**
 * What stands for a model that is in no list, as of a link.
 *
 * @param {string} id
 * @param {Model | undefined} model
 * @returns {Candidate}
 */
function unlisted(id, model) {
  return { id, name: model?.architecture ?? id, about: model ? facts(model) : "" };
}

/** @param {{ items: Model[] } | undefined} list */
function newestOf(list) {
  return (list?.items ?? []).slice(0, 1).map(({ id }) => id);
}

/**
 * The best model of each architecture by its validation accuracy, in the order of the comparison.
 *
 * @param {Comparison | undefined} comparison
 */
function bestOf(comparison) {
  const best = new Set(comparison?.leaderboard.map((row) => row.best_model_id));
  return candidatesOf(comparison).map(({ id }) => id).filter((id) => best.has(id)).slice(0, MOST);
}

/**
 * @param {Record<string, unknown>} left
 * @param {Record<string, unknown>} right
 */
function isSame(left, right) {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => JSON.stringify(left[name]) === JSON.stringify(right[name]));
}

/**
 * The models of these ids and aliases; what is loaded stays.
 *
 * @param {string[]} ids
 */
function useModels(ids) {
  const [known, setKnown] = useState(/** @type {Record<string, { model?: Model, error?: Error }>} */ ({}));
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    for (const id of ids.filter((id) => !known[id]?.model)) {
      const settle = (/** @type {{ model?: Model, error?: Error }} */ outcome) =>
        signal.aborted || setKnown((before) => ({ ...before, [id]: outcome }));
      getJson(`v1/models/${encodeURIComponent(id)}`, { signal }).then(
        (model) => settle({ model }),
        (error) => settle({ error }),
      );
    }
    return () => controller.abort();
  }, [ids.join(","), restored.value]);
  return known;
}

/**
 * A value, or while it is not settled the one before: what is chosen stays until the next choice is known.
 *
 * @template T
 * @param {T} value
 * @param {boolean} isSettled
 */
function useLatest(value, isSettled) {
  const latest = useRef(value);
  if (isSettled) latest.current = value;
  return latest.current;
}

/**
 * @param {import("bakeoff-api").ComparisonSummary[]} comparisons
 * @param {Comparison | undefined} shown which a list of those with a result may lack
 */
function withShown(comparisons, shown) {
  if (!shown || comparisons.some(({ id }) => id === shown.id)) return comparisons;
  return [shown, ...comparisons];
}
