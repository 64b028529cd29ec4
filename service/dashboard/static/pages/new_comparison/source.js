/** What the form began as: the comparison or the job that `from` names, to be cloned and edited. */

import { useMemo } from "preact/hooks";

import { useResource } from "../../api/resource.js";
import { seedsAsText } from "./request.js";

/** @typedef {import("./request.js").Request} Request */

/**
 * @typedef {object} Source
 * @property {"comparison" | "job"} kind
 * @property {string} id
 * @property {string} name
 * @property {Request | undefined} request undefined: it is not loaded, or cannot be cloned
 * @property {Error | undefined} error
 */

/**
 * @param {string | undefined} from the id of a comparison, or of a job with `job:` before it
 * @returns {Source | null}
 */
export function useSource(from) {
  const { kind, id } = parsed(from ?? "");
  const { data, error } = useResource(id ? `v1/${kind}s/${encodeURIComponent(id)}` : null);
  const request = useMemo(() => data && (kind === "job" ? ofJob(data) : ofComparison(data)), [data]);
  if (!id) return null;
  const name = data?.name || data?.id || id;
  if (kind === "job" && data && data.kind !== "train") {
    return { kind, id, name, request: undefined, error: new Error("This job trains nothing, so there is no comparison like it") };
  }
  return { kind, id, name, request, error };
}

/**
 * @param {string} from
 * @returns {{ kind: "comparison" | "job", id: string }}
 */
function parsed(from) {
  if (from.startsWith("job:")) return { kind: "job", id: from.slice("job:".length) };
  return { kind: "comparison", id: from.replace(/^comparison:/, "") };
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
    seeds: seed === 0 ? "1" : `[${seed}]`,
    folds: folds ? String(folds) : "",
    priority: "",
    name: "",
  };
}
