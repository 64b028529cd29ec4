/**
 * Requests to the API of this service, with the key where one was given.
 *
 * Paths are relative (`v1/jobs`), so that the dashboard works below any path. Browsers keep answers that have an
 * ETag and ask with If-None-Match by themselves.
 */

import { noteAnswer, noteOutage } from "../state/connection.js";
import { apiKey, askForKey, refusedKey } from "../state/key.js";
import { ApiError, readProblem } from "./problem.js";

/**
 * @typedef {{ method?: string, body?: BodyInit, headers?: Record<string, string>, signal?: AbortSignal }} Options
 */

/**
 * A successful response. A key is asked for where one is needed, once, and the request sent again with it.
 *
 * @param {string} path relative to the service, as `v1/jobs?limit=5`
 * @param {Options} [options]
 * @returns {Promise<Response>}
 * @throws {ApiError} a refusal, or no answer; a request that was aborted throws what `fetch` throws
 */
export async function request(path, options = {}) {
  const key = apiKey.peek();
  const response = await send(path, options);
  if (response.ok) return response;
  const problem = await readProblem(response);
  if (response.status === 401) {
    if (apiKey.peek() !== key) return request(path, options); // another one was given meanwhile
    const isNew = refusedKey.peek() === null; // else the reader has been asked, and the shell offers to ask again
    if (isNew && (await askForKey(problem.message))) return request(path, options);
    refusedKey.value = problem.message;
  }
  throw problem;
}

/**
 * @param {string} path
 * @param {Options} options
 */
async function send(path, options) {
  const headers = new Headers(options.headers);
  if (apiKey.peek()) headers.set("Authorization", `Bearer ${apiKey.peek()}`);
  try {
    const response = await fetch(`./${path}`, { ...options, headers });
    if (new ApiError(response.status, "").isOutage) noteOutage();
    else noteAnswer();
    return response;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    noteOutage();
    throw new ApiError(0, "the service does not answer");
  }
}

/**
 * The JSON at a path.
 *
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function getJson(path, options) {
  return (await request(path, options)).json();
}

/**
 * Send JSON; returns the JSON of the answer, null where it has none.
 *
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function sendJson(method, path, body, options = {}) {
  const headers = { "Content-Type": "application/json", ...options.headers };
  const text = body === undefined ? undefined : JSON.stringify(body);
  const response = await request(path, { ...options, method, body: text, headers });
  return response.status === 204 ? null : response.json();
}

/**
 * A path with a query; parameters without a value are left out.
 *
 * @param {string} path
 * @param {Record<string, string | number | boolean | null | undefined>} query
 */
export function withQuery(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}
