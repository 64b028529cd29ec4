/** Uploads of this tab. They go on while the reader looks at other pages, and are lost with the tab, which therefore warns. */

import { effect, signal } from "@preact/signals";

import { withQuery } from "../../api/client.js";
import { upload } from "../../api/upload.js";

/**
 * @typedef {object} Upload
 * @property {number} number
 * @property {string} name of the dataset
 * @property {string} file
 * @property {number} size bytes
 * @property {number} sent
 * @property {string | null} job that prepares it, once all has been sent
 * @property {Error | null} error
 * @property {() => void} stop
 */

/** @typedef {{ size: string, fit: string, test_share: string, damaged: string }} Options as the query of the request has them */

export const uploads = signal(/** @type {Upload[]} */ ([]));
let last = 0;

/**
 * @param {File} file
 * @param {string} name
 * @param {Options} options
 */
export function startUpload(file, name, options) {
  const number = ++last;
  const controller = new AbortController();
  const started = { number, name, file: file.name, size: file.size, sent: 0, job: null, error: null, stop: () => controller.abort() };
  uploads.value = [started, ...uploads.value];
  /** @param {Partial<Upload>} changes */
  const change = (changes) => {
    uploads.value = uploads.value.map((shown) => (shown.number === number ? { ...shown, ...changes } : shown));
  };
  upload(withQuery(`v1/datasets/${encodeURIComponent(name)}`, options), file, {
    headers: { Prefer: "respond-async", "Content-Type": "application/octet-stream" },
    signal: controller.signal,
    onSent: (sent) => change({ sent: Math.min(sent, file.size) }),
  }).then(
    ({ id }) => change({ job: id }),
    (error) => (controller.signal.aborted ? forget(number) : change({ error })),
  );
}

/** @param {number} number */
export function forget(number) {
  uploads.value = uploads.value.filter((shown) => shown.number !== number);
}

const warn = (/** @type {BeforeUnloadEvent} */ event) => event.preventDefault();
effect(() => {
  const isSending = uploads.value.some(({ job, error }) => !job && !error);
  if (isSending) addEventListener("beforeunload", warn);
  else removeEventListener("beforeunload", warn);
});
