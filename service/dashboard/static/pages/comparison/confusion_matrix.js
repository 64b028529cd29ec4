/** A confusion matrix of buttons: the arrow keys go from cell to cell. Shaded are the errors alone, as shares of their row. */

import { percent } from "../../components/formats.js";
import { html } from "../../components/html.js";

const LONGEST = 3; // letters of a class that fit above a column

/** @param {{ found: import("./confusions.js").Confusions, open: (truth: number, predicted: number) => void }} props */
export function ConfusionMatrix({ found, open }) {
  const { classes, images, right, items } = found;
  const cells = new Map(items.map((cell) => [`${cell.true}.${cell.predicted}`, cell]));
  const strongest = Math.max(0, ...items.map(({ share }) => share)) || 1;
  const areShort = classes.every((name) => name.length <= LONGEST);
  const name = (/** @type {number} */ place) => (areShort ? classes[place] : String(place + 1));
  return html`<div class="table-frame"><div class="table-scroll" tabindex="0" role="region" aria-label="Confusion matrix">
    <table class="confusion" onKeyDown=${move}>
      <thead><tr><th scope="col" class="faint">true ↓ · said →</th>
        ${classes.map((label, column) => html`<th key=${column} scope="col" title=${label}><bdi>${name(column)}</bdi>${!areShort && html`<span class="visually-hidden">: ${label}</span>`}</th>`)}
      </tr></thead>
      <tbody>${classes.map(
        (label, row) => html`<tr key=${row}>
          <th scope="row"><span class="cell-label">${!areShort && html`<span class="faint numbers">${row + 1}</span>`}<bdi>${label}</bdi></span></th>
          ${classes.map((_, column) => {
            const cell = row === column ? { images: right[row], share: images[row] ? right[row] / images[row] : 0 } : cells.get(`${row}.${column}`);
            return html`<${Cell} key=${column} row=${row} column=${column} cell=${cell} strongest=${strongest} classes=${classes} open=${open} />`;
          })}
        </tr>`,
      )}</tbody>
    </table>
  </div></div>`;
}

/**
 * @param {{ row: number, column: number, cell: { images: number, share: number } | undefined, strongest: number, classes: string[],
 *   open: (truth: number, predicted: number) => void }} props
 */
function Cell({ row, column, cell, strongest, classes, open }) {
  if (!cell?.images) return html`<td data-right=${row === column || null}></td>`;
  const words = `${classes[row]} taken for ${classes[column]}: ${rounded(cell.images)} images, ${percent(cell.share)}`;
  const shade = row === column ? undefined : { "--shade": `${Math.round(8 + 42 * (cell.share / strongest))}%` };
  return html`<td data-right=${row === column || null}><button type="button" style=${shade} title=${words} aria-label=${words}
    data-row=${row} data-column=${column} tabindex=${row === 0 && column === 0 ? 0 : -1} onClick=${() => open(row, column)}>${rounded(cell.images)}</button></td>`;
}

/**
 * Move the focus to the next cell that has images, in the direction of the arrow.
 *
 * @param {KeyboardEvent} event
 */
function move(event) {
  const [down, across] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
  const from = /** @type {HTMLElement} */ (event.target).dataset;
  if ((!down && !across) || from.row === undefined) return;
  event.preventDefault();
  const table = /** @type {HTMLTableElement} */ (event.currentTarget);
  const size = table.rows.length;
  let [row, column] = [Number(from.row) + down, Number(from.column) + across];
  while (row >= 0 && column >= 0 && row < size && column < size) {
    const next = /** @type {HTMLElement | null} */ (table.querySelector(`[data-row="${row}"][data-column="${column}"]`));
    if (next) return next.focus();
    [row, column] = [row + down, column + across];
  }
}

/**
 * A mean number of images, which need not be whole: 12, 0.5.
 *
 * @param {number} images
 */
export function rounded(images) {
  return images < 10 ? String(Number(images.toFixed(1))) : Math.round(images).toLocaleString("en");
}
