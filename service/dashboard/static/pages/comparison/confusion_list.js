/** The most frequent confusions, where there are too many classes for a matrix. */

import { percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Table } from "../../components/table.js";
import { rounded } from "./confusion_matrix.js";

/** @param {{ found: import("./confusions.js").Confusions, open: (truth: number, predicted: number) => void }} props */
export function ConfusionList({ found: { classes, items }, open }) {
  /** @type {import("../../components/table.js").Column<import("./confusions.js").Cell>[]} */
  const columns = [
    { key: "true", label: "True class", fixed: true, value: (cell) => classes[cell.true] },
    { key: "predicted", label: "Taken for", fixed: true, value: (cell) => classes[cell.predicted] },
    { key: "images", label: "Images", numeric: true, value: ({ images }) => images, cell: ({ images }) => rounded(images) },
    { key: "share", label: "Of its class", numeric: true, value: ({ share }) => share, cell: ({ share }) => percent(share) },
    {
      key: "open",
      label: "Images",
      value: () => "",
      cell: (cell) => html`<button class="button" data-kind="quiet" type="button" aria-label=${`Show ${classes[cell.true]} taken for ${classes[cell.predicted]}`}
        onClick=${() => open(cell.true, cell.predicted)}>Show</button>`,
    },
  ];
  return html`<${Table} label="Confusions" noun="confusion" prefix="confusion-" columns=${columns} rows=${items} rowKey=${(/** @type {import("./confusions.js").Cell} */ cell) => `${cell.true}.${cell.predicted}`} />`;
}
