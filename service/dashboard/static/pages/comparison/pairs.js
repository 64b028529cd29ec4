/** Every two architectures: who is ahead, by how much, and whether that is shown. A cell opens the numbers of its test. */

import { number, points } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Empty, Loaded } from "../../components/notices.js";
import { changeQuery } from "../../router.js";
import { Mark } from "./mark.js";
import { SIGNS, findingWords, pairOf } from "./pair.js";
import { byAccuracy, places } from "./view.js";

/** @typedef {import("./view.js").Entry} Entry */

/** @param {{ view: import("./view.js").View, statistics: import("../../api/resource.js").Resource<any> }} props */
export function Pairs({ view, statistics }) {
  const entries = byAccuracy(view);
  if (entries.length < 2) return html`<${Empty} title="Two architectures with a result are needed" />`;
  return html`<${Loaded} of=${statistics}>${(/** @type {any} */ { pairs, margin }) => html`
    <${Matrix} entries=${entries} pairs=${pairs} chosen=${places(view.query.pair)} />
    <p class="faint below">Row minus column, in points of test accuracy. ▲ the row is better, ▼ it is worse${pairs.length > 1 && ", after Holm's correction"}; ≈ equivalent within ${(100 * margin).toFixed(1)} points; ? no difference shown.</p>
    <${Chosen} view=${view} pairs=${pairs} />
  `}</${Loaded}>`;
}

/** @param {{ entries: Entry[], pairs: import("bakeoff-api").PairStatistics[], chosen: number[] }} props */
function Matrix({ entries, pairs, chosen }) {
  return html`<div class="table-frame"><div class="table-scroll" tabindex="0" role="region" aria-label="Pairs">
    <table class="table pairs">
      <thead><tr>
        <th scope="col">Architecture</th>
        ${entries.map(({ index, label }, rank) => html`<th key=${index} scope="col" data-numeric title=${label}>${rank + 1}<span class="visually-hidden">: ${label}</span></th>`)}
      </tr></thead>
      <tbody>${entries.map(
        (row, rank) => html`<tr key=${row.index}>
          <th scope="row"><span class="cell-label"><span class="numbers faint">${rank + 1}</span><${Mark} index=${row.index} /><bdi>${row.label}</bdi></span></th>
          ${entries.map((column) => html`<${Cell} key=${column.index} row=${row} column=${column} pairs=${pairs} isChosen=${row.index === chosen[0] && column.index === chosen[1]} />`)}
        </tr>`,
      )}</tbody>
    </table>
  </div></div>`;
}

/** @param {{ row: Entry, column: Entry, pairs: import("bakeoff-api").PairStatistics[], isChosen: boolean }} props */
function Cell({ row, column, pairs, isChosen }) {
  if (row === column) return html`<td class="pair-self"></td>`;
  const side = pairOf(pairs, row.label, column.label);
  if (!side) return html`<td data-numeric title="Not tested: no common seeds">–</td>`;
  const choose = () => changeQuery({ pair: isChosen ? undefined : `${row.index}.${column.index}` });
  const words = `${row.label} against ${column.label}: ${findingWords(side)}`;
  const shown = `${points(side.difference)} ${SIGNS[side.finding]}`;
  return html`<td data-numeric><button class="pair" type="button" data-finding=${side.finding} aria-pressed=${isChosen} title=${words} aria-label=${`${shown}, ${words}`} onClick=${choose}>
    ${points(side.difference)} <span class="pair-sign">${SIGNS[side.finding]}</span>
  </button></td>`;
}

/** @param {{ view: import("./view.js").View, pairs: import("bakeoff-api").PairStatistics[] }} props */
function Chosen({ view: { query, shown }, pairs }) {
  const [row, column] = places(query.pair).map((index) => shown.find((entry) => entry.index === index));
  const side = row && column && pairOf(pairs, row.label, column.label);
  if (!side) return null;
  const { pair } = side;
  const range = (/** @type {[number, number]} */ [low, high]) => `${points(low)} to ${points(high)}`;
  const facts = {
    Finding: `${SIGNS[side.finding]} ${side.finding}`,
    Difference: `${points(side.difference)} points`,
    "95 % interval over images": range(side.images),
    [`95 % interval over ${pair.folds ? "folds" : "images and seeds"}`]: range(side.seeds),
    p: number(pair.p),
    "p after Holm's correction": number(pair.p_adjusted),
    "p, McNemar": number(pair.mcnemar_p),
    "p, equivalence": number(pair.equivalence_p_adjusted),
    "Cohen's g": number(pair.cohens_g),
    "Trainings of each": pair.trainings,
    "Test images": pair.images.toLocaleString("en"),
  };
  return html`<div class="panel pair-facts" role="status">
    <h3><bdi>${row.label}</bdi> against <bdi>${column.label}</bdi></h3>
    <dl class="key-facts">${Object.entries(facts).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd class="numbers">${value}</dd></div>`)}</dl>
    <${Flips} pair=${pair} />
  </div>`;
}

/** @param {{ pair: import("bakeoff-api").PairStatistics }} props */
function Flips({ pair }) {
  return html`<details><summary>McNemar's test, seed by seed</summary>
    <ul class="flips numbers">${pair.mcnemar.map(
      ({ seed, right_to_wrong: won, wrong_to_right: lost, p }) => html`<li key=${seed}>Seed ${seed}: ${won} images only <bdi>${pair.better}</bdi> gets right, ${lost} only <bdi>${pair.worse}</bdi>; p ${number(p)}</li>`,
    )}</ul>
  </details>`;
}
