/** A test image, what is said of it, and on request why: which of its parts speak for a class. */

import { useState } from "preact/hooks";

import { request, withQuery } from "../../api/client.js";
import { blobOf } from "../../api/files.js";
import { Action } from "../../components/action.js";
import { html } from "../../components/html.js";

/**
 * @typedef {{ name: string, overlay: string, how: string }} Reason
 */

/**
 * @param {{ image: { index: number, png: string | null }, classes: string[], model: string | null | undefined,
 *   children: import("../../components/html.js").Children }} props
 *   `classes` are those to be explained by `model`, null where none can
 */
export function ImageCard({ image: { index, png }, classes, model, children }) {
  const [reasons, setReasons] = useState(/** @type {Reason[]} */ ([]));
  const names = [...new Set(classes)];
  const explain = async () => {
    const body = blobOf(/** @type {string} */ (png)); // the pixels that were tested
    const found = [];
    for (const name of names) {
      const path = withQuery(`v1/models/${model}/explanations`, { class: name });
      const answer = await (await request(path, { method: "POST", body })).json();
      const [{ overlay, how }] = answer.explanations;
      found.push({ name, overlay, how: `${answer.method.replaceAll("_", " ")}, ${how}` });
    }
    setReasons(found);
  };
  return html`<figure class="image-card">
    ${png ? html`<img class="picture" src=${png} alt=${`Test image ${index}`} />` : html`<span class="picture image-gone" role="img" aria-label=${`Test image ${index}: the dataset is gone`}>gone</span>`}
    <figcaption>${children}
      ${model && png && reasons.length === 0 && html`<${Action} kind="quiet" needs="predict" run=${explain}>Why?<span class="visually-hidden"> image ${index}</span></${Action}>`}
    </figcaption>
    ${reasons.length > 0 && html`<div class="reasons">${reasons.map(
      ({ name, overlay, how }) => html`<div key=${name} title=${how}>
        <img class="picture" src=${overlay} alt=${`What speaks for ${name} in test image ${index}`} /><span class="faint">for <bdi>${name}</bdi></span>
      </div>`,
    )}</div>`}
  </figure>`;
}
