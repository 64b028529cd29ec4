/** The first images of a dataset, loaded when their row is near the window. */

import { useResource } from "../../api/resource.js";
import { html } from "../../components/html.js";
import { useSeen } from "../../components/seen.js";

const NUMBER = 4;

/** @param {{ dataset: string }} props */
export function Thumbnails({ dataset }) {
  const [element, seen] = useSeen();
  const images = useResource(seen ? `v1/datasets/${dataset}/images?limit=${NUMBER}` : null);
  const items = /** @type {{ index: number, label: string, png: string }[]} */ (images.data?.items ?? []);
  return html`<span ref=${element} class="thumbnails">
    ${items.map((image) => html`<img key=${image.index} class="tile" src=${image.png} alt=${`An image of class ${image.label}`} />`)}
  </span>`;
}
