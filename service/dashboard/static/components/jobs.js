/** Jobs in words. */

/** @typedef {import("bakeoff-api").JobDocument} Job */

/** What each kind of job does; `train` is described by its architecture. */
const KINDS = /** @type {Record<string, string>} */ ({
  fetch: "Fetch",
  features: "Features of",
  latency: "Latency of",
  quantise: "Quantise",
  upload: "Prepare",
  checks: "Check",
});

/**
 * What a job does, and within what.
 *
 * @param {Job} job
 * @param {import("bakeoff-api").ComparisonSummary[]} comparisons
 */
export function describeJob(job, comparisons) {
  const comparison = comparisons.find(({ id }) => id === job.comparison_id);
  const fold = job.fold ? `, fold ${job.fold}` : "";
  const isTraining = job.kind === "train";
  const subject = job.architecture ?? job.dataset;
  return {
    title: isTraining ? `${subject}, seed ${job.seed}${fold}` : `${KINDS[job.kind] ?? job.kind} ${subject}`,
    within: comparison?.name ?? job.dataset,
  };
}

/**
 * The share of a job that is done, from 0 to 1; null where it does not say.
 *
 * @param {Job["progress"]} progress
 */
export function doneShare(progress) {
  if (!progress) return null;
  const { epoch, epochs, step, steps, done, total } = progress;
  if (epoch && epochs) return (epoch - 1 + (step && steps ? step / steps : 0)) / epochs;
  return done != null && total ? done / total : null;
}
