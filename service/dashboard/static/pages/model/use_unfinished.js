/** Jobs about a model that have not ended: one that the page has started, or that waits or runs since before. */

import { useState } from "preact/hooks";

import { withQuery } from "../../api/client.js";
import { useResource } from "../../api/resource.js";

/**
 * @param {import("bakeoff-api").ModelDocument} model
 * @param {string} kind of job
 * @returns {{ job: string, started: (id: string) => void }} the id of the job to follow; "": none
 */
export function useUnfinished(model, kind) {
  const [own, started] = useState("");
  const { dataset, architecture, id } = model;
  const newest = useResource(withQuery("v1/jobs", { kind, dataset, architecture, limit: 20 }));
  const found = newest.data?.items.find((/** @type {any} */ job) => job.model_id === id && !job.finished_at);
  return { job: own || (found?.id ?? ""), started };
}
