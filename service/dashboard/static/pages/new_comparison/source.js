/** What the form began as: the comparison or the job that `from` names, to be cloned and edited. */

import { useMemo } from "preact/hooks";

import { useResource } from "../../api/resource.js";
import { seedsAsText } from "./request.js";

/** @typedef {import("./request.js").Request} Request */

/**
 * @typedef {object} Source
 * @property {string} kind "comparison" or "job"
 * @property {string} id
 * @property {string} name
 * @property {Request | undefined} request undefined: it is not loaded, or cannot be cloned
 * @property {Error | undefined} error
 */

/**
 * @param {string | undefined} from an id of a comparison, with or without `comparison:` before it, or `job:ID`
 * @returns {Source | null}
 */
export function useSource(from) {
  const [, kind, id] = from ? parsed(from) : [];
  const { data, error } = useResource(kind ? `v1/${kind}s/${encodeURIComponent(id)}` : null);
  const request = useMemo(() => data && (kind === "job" ? ofJob(data) : ofComparison(data)), [data]);
  if (!from) return null;
  if (!kind) return { kind: "", id: "", name: "", request: undefined, error: new Error("What is cloned is written as from=comparison:ID or from=job:ID") };
  const isTraining = kind !== "job" || !data || data.kind === "train";
  return {
    kind,
    id,
    name: data?.name || data?.id || id,
    request: isTraining ? request : undefined,
    error: isTraining ? error : new Error(`Job ${id} trains nothing, so there is no comparison like it`),
  };
}

/**
 * @param {import("bakeoff-api").ComparisonDocument} comparison
 * @returns {Request}
 */
function ofComparison({ dataset, architectures, recipe, seeds, folds }) {
  return {
    dataset,
    architectures: architectures.map(({ name, label, options }) => ({ name, options, ...(label !== name && { label }) })),
    recipe,
    seeds: seedsAsText(seeds),
    folds: folds ? String(folds) : "",
    priority: "",
    name: "",
  };
}

/**
 * @param {import("bakeoff-api").JobDocument} job
 * @returns {Request}
 */
function ofJob({ dataset, architecture, options, recipe, seed, folds }) {
  return {
    dataset,
    architectures: [{ name: String(architecture), options }],
    recipe: recipe ?? {},
    seeds: `[${seed}]`,
    folds: folds ? String(folds) : "",
    priority: "",
    name: "",
  };
}
