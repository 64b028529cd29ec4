/** A picture that stands still: a file, a test image with its label, or what the camera saw. */

import { useState } from "preact/hooks";

import { html } from "../../components/html.js";

const SMALL = 128; // pixels of a side, below which each is shown as a square

/** @param {{ picture: import("./picture.js").Picture }} props */
export function Still({ picture: { id, url, name, label } }) {
  const [state, setState] = useState({ id, isSmall: false, failed: false });
  const loaded = (/** @type {any} */ { currentTarget: image }) =>
    setState({ id, isSmall: Math.max(image.naturalWidth, image.naturalHeight) < SMALL, failed: false });
  const failed = state.id === id && state.failed;
  return html`<figure class="still">
    ${failed
      ? html`<p class="stage-picture stage-blank">The browser cannot show this file; the service may be able to read it.</p>`
      : html`<img class="stage-picture" src=${url} alt=${name} data-small=${state.isSmall} onLoad=${loaded} onError=${() => setState({ id, isSmall: false, failed: true })} />`}
    <figcaption><bdi class="still-name" title=${name}>${name}</bdi>${label !== undefined && html`<span>label <strong><bdi>${label}</bdi></strong></span>`}</figcaption>
  </figure>`;
}
