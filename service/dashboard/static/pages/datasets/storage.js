/** What is stored, and what is free. */

import { useResource } from "../../api/resource.js";
import { bytes, counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Time } from "../../components/time.js";

/** @typedef {import("bakeoff-api").StorageDocument} Stored */

export function Storage() {
  const storage = useResource("v1/storage");
  const data = /** @type {Stored | undefined} */ (storage.data);
  return html`<${Section} title="Storage" aside=${data && html`measured <${Time} at=${data.measured_at} />`}>
    <${Loaded} of=${storage}>${(/** @type {Stored} */ stored) => html`<${Parts} stored=${stored} />`}</${Loaded}>
  </${Section}>`;
}

/** @param {{ stored: Stored }} props */
function Parts({ stored }) {
  const parts = partsOf(stored);
  const largest = Math.max(1, ...parts.map(([, size]) => size));
  const total = parts.reduce((sum, [, size]) => sum + size, 0);
  return html`<div class="panel storage">
    <p><strong class="numbers">${bytes(total)}</strong> stored, <strong class="numbers">${bytes(stored.free)}</strong> free on the disk of the service.${" "}
      <span class="faint">What was deleted counts until it is removed, a day later. ${kept(stored)}</span></p>
    <table class="bars">
      <caption class="visually-hidden">Bytes by kind</caption>
      <tbody>${parts.map(
        ([name, size]) => html`<tr key=${name}><th scope="row">${name}</th>
          <td class="bars-cell" aria-hidden="true"><span class="bar" style=${{ width: `${(100 * size) / largest}%` }}></span></td>
          <td data-numeric>${bytes(size)}</td></tr>`,
      )}</tbody>
    </table>
  </div>`;
}

/**
 * How long trainings are kept that nothing needs: a setting of the service.
 *
 * @param {Stored} stored
 */
function kept({ retention_days: days, retention_bytes: most }) {
  const limits = [days && `once they are ${counted(days, "day")} old`, most && `the oldest first, once they take more than ${bytes(most)}`].filter(Boolean);
  if (limits.length === 0) return "Trainings are kept until somebody deletes them.";
  return `Trainings that no comparison, alias or tag “keep” needs are deleted ${limits.join(", and ")}.`;
}

/**
 * Name → bytes, the largest first; what is empty is left out.
 *
 * @param {Stored} stored
 * @returns {[string, number][]}
 */
function partsOf({ artifacts, dataset_copies: copies, charts, database }) {
  const named = Object.entries({ ...artifacts, "copies of datasets": copies, "charts and reports": charts, database });
  return named.filter(([, size]) => size > 0).toSorted(([, left], [, right]) => right - left);
}
