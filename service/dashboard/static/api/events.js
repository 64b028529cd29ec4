/**
 * Server-sent events, followed by `fetch`, which unlike `EventSource` sends the key as a header.
 *
 * A stream that breaks is resumed after the last event that arrived, with growing pauses; a tab in the background
 * rests, and catches up when it is looked at again.
 */

import { noteOutage } from "../state/connection.js";
import { request } from "./client.js";
import { ApiError } from "./problem.js";

const FIRST_PAUSE = 500; // milliseconds before a stream is opened again
const LONGEST_PAUSE = 15_000;

/**
 * @typedef {{ event: string, data: any, id: string | null }} StreamEvent
 */

/**
 * Follow a stream until `signal` aborts, or until it ends by itself.
 *
 * @param {string} path
 * @param {(event: StreamEvent) => void} onEvent
 * @param {{ signal: AbortSignal, lastId?: string, endless?: boolean }} options
 *   `endless`: open a stream again that has ended without an error
 * @throws {ApiError} a refusal, such as 404; an outage is waited for
 */
export async function follow(path, onEvent, { signal, lastId = "", endless = false }) {
  let pause = FIRST_PAUSE;
  const note = (/** @type {StreamEvent} */ event) => {
    lastId = event.id ?? lastId;
    pause = FIRST_PAUSE;
    onEvent(event);
  };
  while (!signal.aborted) {
    await visible(signal);
    const ended = await readOnce(path, note, lastId, signal);
    if (ended && !endless) return;
    await delay(pause * (0.5 + Math.random()), signal);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }
}

/**
 * Read a stream as long as it lasts and the tab is visible; returns whether it ended without an error.
 *
 * @param {string} path
 * @param {(event: StreamEvent) => void} onEvent
 * @param {string} lastId
 * @param {AbortSignal} signal
 */
async function readOnce(path, onEvent, lastId, signal) {
  const attempt = new AbortController();
  const stop = () => attempt.abort();
  const rest = () => document.hidden && stop();
  signal.addEventListener("abort", stop);
  document.addEventListener("visibilitychange", rest);
  try {
    const headers = { Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) };
    const response = await request(path, { headers, signal: attempt.signal });
    await readEvents(/** @type {ReadableStream<Uint8Array>} */ (response.body), onEvent);
    return true;
  } catch (error) {
    if (error instanceof ApiError && !error.isOutage) throw error;
    if (!attempt.signal.aborted) noteOutage();
    return false;
  } finally {
    signal.removeEventListener("abort", stop);
    document.removeEventListener("visibilitychange", rest);
    attempt.abort();
  }
}

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {(event: StreamEvent) => void} onEvent
 */
async function readEvents(body, onEvent) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (text + value).replace(/\r\n?/g, "\n").split("\n\n");
    text = /** @type {string} */ (blocks.pop());
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event) onEvent(event);
    }
  }
}

/**
 * One event, as the HTML standard has it; null for a comment, which only keeps the connection open.
 *
 * @param {string} block lines without the empty one that ends them
 * @returns {StreamEvent | null}
 */
export function parseEvent(block) {
  let [event, id] = ["message", /** @type {string | null} */ (null)];
  const data = [];
  for (const line of block.split("\n")) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id") id = value;
  }
  return data.length ? { event, id, data: JSON.parse(data.join("\n")) } : null;
}

/**
 * Resolves when the tab is visible, or the signal aborts.
 *
 * @param {AbortSignal} signal
 */
function visible(signal) {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", look);
      resolve(undefined);
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
    look();
  });
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 */
export function delay(milliseconds, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve(undefined);
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
