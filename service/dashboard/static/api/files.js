/** Files of the API, fetched with the key: an `<img src>` or a link could not send it. */

import { request } from "./client.js";

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 */
export async function fetchBlob(path, signal) {
  return (await request(path, { signal })).blob();
}

/**
 * The file in a `data:` URL, which the security policy does not let `fetch` read.
 *
 * @param {string} url in base64
 */
export function blobOf(url) {
  const [head, text] = url.split(",");
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: head.slice("data:".length).split(";")[0] });
}

/**
 * Let the browser save a file under the name that the service gives it, or else the last part of its path.
 *
 * @param {string} path
 */
export async function download(path) {
  const response = await request(path);
  const stated = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "");
  save(await response.blob(), stated?.[1] ?? path.split("?")[0].split("/").pop() ?? "download");
}

/**
 * Let the browser save what the page has made.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // the browser has begun to read by then
}
