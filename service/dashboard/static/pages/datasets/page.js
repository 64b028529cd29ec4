/** The datasets: what each has, uploads of others, and what all of it takes on the disk. */

import { useResource } from "../../api/resource.js";
import { html } from "../../components/html.js";
import { Loaded } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { DatasetList } from "./list.js";
import { Storage } from "./storage.js";
import { Upload } from "./upload.js";

/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ query }) {
  const datasets = useResource("v1/datasets");
  const items = /** @type {Dataset[]} */ (datasets.data?.items ?? []);
  const names = items.filter(({ state }) => state === "ready").map(({ name }) => name);
  return html`<${PageFrame} title="Datasets" about="What networks are trained on: known datasets, and your own.">
    <${Upload} taken=${names} onReady=${datasets.reload} />
    <${Loaded} of=${datasets}>${() => html`<${DatasetList} items=${items} query=${query} reload=${datasets.reload} />`}</${Loaded}>
    <${Storage} />
  </${PageFrame}>`;
}
