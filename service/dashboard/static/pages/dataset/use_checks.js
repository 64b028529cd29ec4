/** The checks of a dataset: what they found, or that they run, or that there were none yet. */

import { useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { useResource } from "../../api/resource.js";

/**
 * @typedef {object} CheckState
 * @property {import("bakeoff-api").ChecksDocument | undefined} found
 * @property {Error | undefined} error anything but that there were none yet
 * @property {boolean} loading
 * @property {string} job that checks it now; "": none
 * @property {() => Promise<void>} start
 * @property {(job: { id: string, status: string }) => Promise<void>} ended look again, for the job has ended
 */

const [NOT_CHECKED, BEING_CHECKED] = [404, 409]; // statuses of the answer

/**
 * @param {string} name of the dataset
 * @returns {CheckState}
 */
export function useChecks(name) {
  const checks = useResource(`v1/datasets/${name}/checks`);
  const newest = useResource(`v1/jobs?kind=checks&dataset=${name}&limit=1`);
  const [started, setStarted] = useState("");
  const [ended, setEnded] = useState("");
  const last = newest.data?.items[0];
  const job = started || (last && !last.finished_at ? last.id : "");
  const status = /** @type {any} */ (checks.error)?.status;
  return {
    found: checks.data,
    error: status === NOT_CHECKED || status === BEING_CHECKED ? undefined : checks.error,
    loading: checks.loading,
    job: job === ended ? "" : job,
    start: async () => setStarted((await sendJson("POST", `v1/datasets/${name}/checks`)).id),
    ended: async ({ id, status }) => {
      await checks.reload();
      if (status === "succeeded") setEnded(id);
    },
  };
}
