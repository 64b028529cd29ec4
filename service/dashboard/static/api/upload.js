/** Sending a large file and saying how much of it has gone, which `fetch` does not tell. */

import { apiKey, askForKey } from "../state/key.js";
import { ApiError, readProblem } from "./problem.js";

/**
 * @typedef {{ headers: Record<string, string>, signal: AbortSignal, onSent: (bytes: number) => void }} UploadOptions
 */

/**
 * PUT a file; the JSON of the answer. A key is asked for where one is needed.
 *
 * @param {string} path relative to the service
 * @param {File} file
 * @param {UploadOptions} options
 * @returns {Promise<any>}
 * @throws {ApiError} a refusal, or a connection that broke; an upload that was stopped throws an AbortError
 */
export async function upload(path, file, options) {
  const response = await send(path, file, options);
  if (response.ok) return response.json();
  const problem = await readProblem(response);
  if (response.status === 401 && (await askForKey(problem.message))) return upload(path, file, options);
  throw problem;
}

/**
 * @param {string} path
 * @param {File} file
 * @param {UploadOptions} options
 * @returns {Promise<Response>}
 */
function send(path, file, { headers, signal, onSent }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `./${path}`);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (apiKey.peek()) request.setRequestHeader("Authorization", `Bearer ${apiKey.peek()}`);
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => resolve(new Response(request.responseText, { status: request.status }));
    request.onerror = () => reject(new ApiError(0, BROKEN));
    request.onabort = () => reject(new DOMException("the upload was stopped", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** A browser does not show the answer to a body of which it has not sent all, such as "too large". */
const BROKEN =
  "the connection broke before all was sent: the service is gone, the file has changed or cannot be read, or it is larger than the service accepts";
