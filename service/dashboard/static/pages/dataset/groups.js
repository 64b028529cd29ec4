/** Images that belong together, such as copies of each other, with where each is and what is remarkable about it. */

import { useState } from "preact/hooks";

import { Cut } from "../../components/cut.js";
import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Picture } from "../../components/picture.js";
import { useSeen } from "../../components/seen.js";

/** @typedef {import("bakeoff-api").ImageGroup} Group */
/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

const FIRST = 8; // groups that are shown at first

/** @param {{ groups: Group[], dataset: Dataset }} props */
export function Groups({ groups, dataset }) {
  const [all, showAll] = useState(false);
  const [element, seen] = useSeen(); // the details are open
  const shown = all ? groups : groups.slice(0, FIRST);
  return html`<div ref=${element} class="groups">
    ${seen && shown.map((group, index) => html`<${Images} key=${index} group=${group} dataset=${dataset} />`)}
    ${shown.length < groups.length && html`<button class="button" type="button" onClick=${() => showAll(true)}>Show all ${groups.length}</button>`}
  </div>`;
}

/** @param {{ group: Group, dataset: Dataset }} props */
function Images({ group: { size, images }, dataset: { name } }) {
  return html`<ul class="group">
    ${images.map(
      ({ split, index, label, remark }) => html`<li key=${`${split} ${index}`}>
        <${Picture} path=${`v1/datasets/${name}/images/${split}/${index}.png`} alt=${`Image ${index} of ${split}, labelled ${label}`} />
        <p><${Cut} text=${label} length=${24} /></p>
        ${remark && html`<p class="remark">→ <${Cut} text=${remark} length=${28} /></p>`}
        <p class="faint numbers">${split} ${index}</p>
      </li>`,
    )}
    ${size > images.length && html`<li class="faint">and ${counted(size - images.length, "more", "more")}</li>`}
  </ul>`;
}
