/** Which class an architecture takes for which. A cell opens the images behind it. */

import { withQuery } from "../../api/client.js";
import { html } from "../../components/html.js";
import { Empty, Loaded } from "../../components/notices.js";
import { changeQuery } from "../../router.js";
import { ConfusedDialog } from "./confused_dialog.js";
import { ConfusionList } from "./confusion_list.js";
import { ConfusionMatrix, rounded } from "./confusion_matrix.js";
import { useVersioned } from "./loading.js";
import { byAccuracy, places } from "./view.js";

/**
 * @typedef {{ true: number, predicted: number, images: number, share: number }} Cell classes by their places
 * @typedef {{ classes: string[], num_trainings: number, images: number[], right: number[], total: number, items: Cell[] }} Confusions
 */

const LARGEST = 30; // classes of a matrix; more are a list

/** @param {{ view: import("./view.js").View, results: number }} props */
export function Confusions({ view, results }) {
  const entries = byAccuracy(view);
  const chosen = entries.find(({ index }) => String(index) === view.query.of) ?? entries[0];
  const path = chosen && withQuery(`v1/comparisons/${view.comparison.id}/confusion_matrix`, { architecture: chosen.label });
  const loaded = useVersioned(path ?? null, results);
  if (!chosen) return html`<${Empty} title="No training has succeeded yet" />`;
  return html`
    <div class="controls"><${Choice} entries=${entries} chosen=${chosen} /></div>
    <${Loaded} of=${loaded}>${(/** @type {Confusions} */ found) => html`<${Found} view=${view} chosen=${chosen} found=${found} />`}</${Loaded}>
  `;
}

/** @param {{ entries: import("./view.js").Entry[], chosen: import("./view.js").Entry }} props */
function Choice({ entries, chosen }) {
  return html`<label class="control">Architecture
    <select value=${String(chosen.index)} onChange=${(/** @type {any} */ event) => changeQuery({ of: event.target.value, cell: undefined })}>
      ${entries.map(({ index, label }) => html`<option key=${index} value=${String(index)}>${label}</option>`)}
    </select>
  </label>`;
}

/** @param {{ view: import("./view.js").View, chosen: import("./view.js").Entry, found: Confusions }} props */
function Found({ view, chosen, found }) {
  const { classes, num_trainings: trainings, images, right } = found;
  const [all, correct] = [images, right].map((values) => values.reduce((sum, value) => sum + value, 0));
  const open = (/** @type {number} */ truth, /** @type {number} */ predicted) =>
    changeQuery({ of: String(chosen.index), cell: `${truth}.${predicted}`, part: "confusions" });
  const [truth, predicted] = places(view.query.cell);
  const isOpen = classes[truth] !== undefined && classes[predicted] !== undefined;
  return html`
    ${classes.length > LARGEST ? html`<${ConfusionList} found=${found} open=${open} />` : html`<${ConfusionMatrix} found=${found} open=${open} />`}
    <p class="faint below">${rounded(all - correct)} of ${rounded(all)} test images wrong${trainings > 1 ? `, mean over ${trainings} trainings` : ""}.
      Rows are the true class, columns what is said. A cell opens its images.</p>
    ${isOpen && html`<${ConfusedDialog} view=${view} entry=${chosen} truth=${classes[truth]} predicted=${classes[predicted]} onClose=${() => changeQuery({ cell: undefined })} />`}
  `;
}
