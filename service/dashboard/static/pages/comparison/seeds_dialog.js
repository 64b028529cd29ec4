/**
 * Trains more seeds. A comparison never changes what it compares, so the trainings that are there and the new ones become a
 * comparison of their own; nothing is trained twice.
 */

import { useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { ApiError } from "../../api/problem.js";
import { Action } from "../../components/action.js";
import { Dialog } from "../../components/dialog.js";
import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { navigate } from "../../router.js";

/** @typedef {import("./view.js").Comparison} Comparison */

const MOST = 20; // seeds at once

/** @param {{ comparison: Comparison, onClose: () => void }} props */
export function SeedsDialog({ comparison, onClose }) {
  const [number, setNumber] = useState(2);
  const [done, setDone] = useState(0);
  const seeds = nextSeeds(comparison.seeds, number);
  const bodies = trainings(comparison, seeds);
  const kept = comparison.jobs.filter(({ status }) => status !== "failed" && status !== "cancelled");
  const left = comparison.jobs.length - kept.length;
  const add = async () => {
    const made = [];
    for (const body of bodies) {
      made.push(await enqueue(body, keyOf(comparison, body)));
      setDone(made.length);
    }
    const jobs = [...kept, ...made].map(({ id }) => id);
    const whole = await compare(comparison.name.slice(0, 100), jobs, made);
    navigate(`/comparisons/${whole.id}`);
  };
  return html`<${Dialog} title="Add seeds" onClose=${onClose}>
    <div class="form">
      <label class="field">How many
        <input type="number" min="1" max=${MOST} value=${number} autofocus
          onInput=${(/** @type {any} */ event) => setNumber(Math.min(MOST, Math.max(1, Math.round(Number(event.target.value)) || 1)))} />
      </label>
      <p>${counted(bodies.length, "training")}: seeds ${seeds.join(", ")} of every architecture. They and the ${counted(kept.length, "training")} that are
        there become a new comparison; this one stays as it is.</p>
      ${left > 0 && html`<p class="hint">${counted(left, "training")} that failed or were cancelled stay out of it. Retry them first to have them in.</p>`}
      <div class="form-actions">
        <button class="button" type="button" onClick=${onClose}>Cancel</button>
        <${Action} kind="primary" run=${add}>${done > 0 && done < bodies.length ? `${done} of ${bodies.length} queued` : "Train"}</${Action}>
      </div>
    </div>
  </${Dialog}>`;
}

/**
 * @param {number[]} seeds
 * @param {number} number
 */
function nextSeeds(seeds, number) {
  const first = Math.max(-1, ...seeds) + 1;
  return Array.from({ length: number }, (_, index) => first + index);
}

/**
 * The bodies of `POST /v1/jobs`, seed by seed.
 *
 * @param {Comparison} comparison
 * @param {number[]} seeds
 */
function trainings({ dataset, recipe, architectures, folds }, seeds) {
  const parts = folds ? Array.from({ length: folds }, (_, index) => ({ fold: index + 1, folds })) : [{}];
  return seeds.flatMap((seed) =>
    architectures.flatMap(({ name, options }) => parts.map((part) => ({ dataset, architecture: name, options, recipe, seed, ...part }))),
  );
}

/**
 * Enqueue a training, or find the one that was enqueued by the same key. One that was cancelled since is made anew.
 *
 * @param {object} body
 * @param {string} key
 */
async function enqueue(body, key) {
  const job = await sendJson("POST", "v1/jobs", body, { headers: { "Idempotency-Key": key } });
  return job.status === "cancelled" ? sendJson("POST", "v1/jobs", body) : job;
}

/**
 * Compare jobs, some of them new. Where they may not be compared, since dataset or weights were replaced, the new ones
 * would be trained for nothing and are cancelled.
 *
 * @param {string} name
 * @param {string[]} jobs
 * @param {{ id: string }[]} made
 */
async function compare(name, jobs, made) {
  try {
    return await sendJson("POST", "v1/comparisons", { name, jobs });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 422) throw error;
    for (const { id } of made) await sendJson("POST", `v1/jobs/${id}/cancel`).catch(() => undefined); // it may have ended
    throw new ApiError(error.status, `${error.message}. ${counted(made.length, "new training")} cancelled.`);
  }
}

/**
 * The same training is enqueued once, however often the reader has to try again.
 *
 * @param {Comparison} comparison
 * @param {{ architecture: string, seed: number, fold?: number }} body
 */
function keyOf({ id, architectures }, body) {
  const index = architectures.findIndex(({ name, options }) => name === body.architecture && options === /** @type {any} */ (body).options);
  return `seeds-${id}-${index}-${body.seed}-${body.fold ?? 0}`;
}
