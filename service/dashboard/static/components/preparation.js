/** What was found out, changed and left out when a dataset was made. */

import { count, counted } from "./formats.js";
import { html } from "./html.js";
import { Warning } from "./notices.js";

/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

/** @param {{ of: Dataset }} props */
export function Preparation({ of: { num_resized: resized, skipped, notes } }) {
  const remarks = [...(resized ? [`${counted(resized, "image was", "images were")} resized`] : []), ...(notes ?? [])];
  return html`
    ${skipped && skipped.length > 0 && html`<${Skipped} skipped=${skipped} />`}
    ${remarks.length > 0 && html`<ul class="remarks">${remarks.map((remark) => html`<li key=${remark} class="sentence"><bdi>${remark}</bdi></li>`)}</ul>`}
  `;
}

/** @param {{ skipped: NonNullable<Dataset["skipped"]> }} props */
function Skipped({ skipped }) {
  const total = skipped.reduce((sum, group) => sum + group.count, 0);
  return html`<${Warning}>
    ${counted(total, "file was", "files were")} left out:
    ${skipped.map(
      ({ reason, count: number, examples }) => html`<span key=${reason} class="skipped">
        <strong>${count(number)} × <bdi>${reason}</bdi></strong>${" "}
        <bdi>${examples.join(", ")}</bdi>${number > examples.length ? ", …" : ""}
      </span>`,
    )}
  </${Warning}>`;
}
