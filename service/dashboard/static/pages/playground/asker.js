/**
 * Asks one model about one picture at a time, always the newest: strokes that come while it answers replace one another.
 *
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("bakeoff-api").PredictionList} Answer
 * @typedef {{ picture: Picture, path: string, model: import("bakeoff-api").ModelDocument }} Question
 * @typedef {{ picture: Picture, answer?: Answer, error?: Error, seconds?: number }} Outcome `seconds` there and back
 */

import { request } from "../../api/client.js";
import { delay } from "../../api/events.js";
import { ApiError } from "../../api/problem.js";

/**
 * @param {(outcome: Outcome) => void} tell
 */
export function makeAsker(tell) {
  const open = new AbortController(); // until stop()
  let wanted = /** @type {Question | null} */ (null);
  let current = /** @type {AbortController | null} */ (null);

  /** A draft waits for the answer on its way; a finished picture does not, so that answer is given up. */
  function ask(/** @type {Question} */ question) {
    wanted = question;
    if (!current) run();
    else if (!question.picture.isDraft) current.abort();
  }

  async function run() {
    while (wanted && !open.signal.aborted) {
      const question = wanted;
      const { signal } = (current = new AbortController());
      wanted = null;
      await classify(question, signal).then((outcome) => signal.aborted || tell(outcome), async (error) => {
        if (signal.aborted) return;
        const pause = retryAfter(error);
        if (!pause) return fail(question, error);
        await delay(1000 * pause, open.signal); // then the newest, whichever it is by then
        wanted ??= question;
      });
    }
    current = null;
  }

  function fail(/** @type {Question} */ { picture }, /** @type {Error} */ error) {
    const isWithoutKey = error instanceof ApiError && error.status === 401;
    tell({ picture: (isWithoutKey && wanted?.picture) || picture, error });
    if (isWithoutKey) wanted = null; // or the reader would be asked for the key again at once
  }

  function stop() {
    wanted = null;
    open.abort();
    current?.abort();
  }

  return { ask, stop };
}

/**
 * The seconds after which a busy service would like to be asked again; 0: waiting does not help.
 *
 * @param {Error} error
 */
export function retryAfter(error) {
  return error instanceof ApiError && error.status === 429 ? (error.retryAfter ?? 1) : 0;
}

/**
 * @param {Question} question
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome>}
 */
async function classify({ picture, path, model }, signal) {
  const body = await picture.bodyFor(model);
  signal.throwIfAborted();
  const asked = performance.now();
  const answer = await (await send(path, body, signal)).json();
  return { picture, answer, seconds: (performance.now() - asked) / 1000 };
}

/**
 * POST an image.
 *
 * @param {string} path
 * @param {Blob} body
 * @param {AbortSignal} signal
 */
export function send(path, body, signal) {
  const headers = { "Content-Type": body.type || "application/octet-stream" };
  return request(path, { method: "POST", body, headers, signal });
}
