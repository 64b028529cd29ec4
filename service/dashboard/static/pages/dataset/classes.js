/** How many images each class has, as bars divided by split. */

import { useState } from "preact/hooks";

import { count, counted } from "../../components/formats.js";
import { Cut } from "../../components/cut.js";
import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";

/** @typedef {import("bakeoff-api").DatasetDocument} Dataset */
/** @typedef {{ name: string, train: number, validation: number, test: number, all: number }} Count */

const FIRST = 12; // classes that are shown at first
const SPLITS = /** @type {const} */ (["train", "validation", "test"]);

/** @param {{ dataset: Dataset, checks: import("./use_checks.js").CheckState }} props */
export function Classes({ dataset: { classes }, checks }) {
  const [all, showAll] = useState(false);
  const names = classes ?? [];
  const counts = countsOf(checks);
  const shown = all ? names : names.slice(0, FIRST);
  const most = Math.max(1, ...[...counts.values()].map(({ all: number }) => number));
  return html`<${Section} title="Classes" aside=${counted(names.length, "class", "classes")}>
    <div class="panel padded">
      ${counts.size > 0 && html`<ul class="legend" aria-hidden="true">${SPLITS.map((split, index) => html`<li key=${split} data-series=${index + 1}>${split}</li>`)}</ul>`}
      ${counts.size > 0 ? html`<${Bars} names=${shown} counts=${counts} most=${most} />` : html`<p class="class-names">${shown.map((name) => html`<span key=${name}><${Cut} text=${name} length=${60} /></span>`)}</p>
        <p class="faint">The checks count them.</p>`}
      ${shown.length < names.length && html`<button class="button" type="button" onClick=${() => showAll(true)}>Show all ${count(names.length)}</button>`}
    </div>
  </${Section}>`;
}

/** @param {{ names: string[], counts: Map<string, Count>, most: number }} props */
function Bars({ names, counts, most }) {
  return html`<table class="bars">
    <caption class="visually-hidden">Images per class: train, validation, test</caption>
    <tbody>${names.map((name) => {
      const found = counts.get(name);
      if (!found) return null;
      const spoken = SPLITS.map((split) => `${count(found[split])} ${split}`).join(", ");
      return html`<tr key=${name}>
        <th scope="row"><${Cut} text=${name} length=${24} /></th>
        <td class="bars-cell"><span class="bar-parts" role="img" aria-label=${spoken} title=${spoken}>
          ${SPLITS.map((split, index) => html`<span key=${split} class="bar-part" data-series=${index + 1} style=${{ width: `${(100 * found[split]) / most}%` }}></span>`)}
        </span></td>
        <td data-numeric>${count(found.all)}</td>
      </tr>`;
    })}</tbody>
  </table>`;
}

/**
 * Class → images in each split, as the checks have counted them; empty before.
 *
 * @param {import("./use_checks.js").CheckState} checks
 * @returns {Map<string, Count>}
 */
function countsOf({ found }) {
  const counted = found?.findings.find(({ counts }) => counts)?.counts ?? {};
  const counts = Object.entries(counted).map(([name, { train = 0, validation = 0, test = 0 }]) => ({ name, train, validation, test, all: train + validation + test }));
  return new Map(counts.map((found) => [found.name, found]));
}
