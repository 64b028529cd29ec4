/** What a job does, in a sentence, whatever its kind. */

import { number, percent } from "../../components/formats.js";

/** @typedef {import("bakeoff-api").JobDocument} Job */

/** @type {Record<string, (job: Job) => string>} */
const SENTENCES = {
  train: ({ architecture, dataset }) => `Trains ${architecture} on ${dataset}`,
  features: ({ architecture, dataset }) => `Computes the features of ${dataset} by ${architecture}, once for all heads that are trained on them`,
  fetch: ({ dataset }) => `Fetches ${dataset} and makes it ready`,
  upload: ({ dataset }) => `Makes ${dataset} of an uploaded file`,
  checks: ({ dataset }) => `Looks through ${dataset} for duplicates, leaks between splits and likely wrong labels`,
  latency: ({ model_id: model }) => `Measures how long model ${model} takes, by engine, batch size and threads`,
  quantise: ({ model_id: model }) => `Makes an int8 model of ${model}, and measures what that costs and gains`,
};

/** @param {Job} job */
export function sentenceOf(job) {
  return SENTENCES[job.kind]?.(job) ?? `${job.kind} on ${job.dataset}`;
}

/**
 * Where a running job is.
 *
 * @param {Job["progress"]} progress
 */
export function whereOf(progress) {
  if (!progress) return "starts";
  const { phase, epoch, epochs, step, steps, done, total, loss, images_per_second: speed } = progress;
  const parts = [phase];
  if (epoch && epochs) parts.push(`epoch ${epoch} of ${epochs}`);
  if (step != null && steps) parts.push(`step ${step} of ${steps}`);
  if (done != null && total) parts.push(`${done.toLocaleString("en")} of ${total.toLocaleString("en")}`);
  if (loss != null) parts.push(`loss ${number(loss)}`);
  if (speed) parts.push(`${Math.round(speed).toLocaleString("en")} images/s`);
  return parts.filter(Boolean).join(" · ");
}

/**
 * What an event tells.
 *
 * @param {import("./live.js").JobEvent} event
 */
export function eventInWords({ kind, data }) {
  if (kind === "status") return data.error ? `${data.status}: ${data.error}` : data.status;
  if (kind === "fallback") return `resumed after epoch ${data.epoch}: ${data.reason}`;
  if (kind !== "epoch") return kind;
  return `epoch ${data.epoch}: loss ${number(data.train_loss)}, accuracy ${percent(data.validation_accuracy)}`;
}
