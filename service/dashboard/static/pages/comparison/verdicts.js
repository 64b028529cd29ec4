/** Which differences are real, in the sentences of the service, which say no more than its tests do. */

import { useState } from "preact/hooks";

import { percent, spread } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Empty, Loaded } from "../../components/notices.js";

const FIRST = 6; // sentences that are shown at once

/** @param {{ view: import("./view.js").View, statistics: import("../../api/resource.js").Resource<any> }} props */
export function Verdicts({ view, statistics }) {
  const { comparison, shown } = view;
  if (!comparison.leader) return html`<${Nothing} comparison=${comparison} />`;
  return html`<div class="panel verdicts">
    <${Leader} comparison=${comparison} />
    <${Loaded} of=${statistics}>${(/** @type {any} */ tested) => html`<${Sentences} tested=${tested} labels=${shown.map(({ label }) => label)} all=${view.entries.map(({ label }) => label)} />`}</${Loaded}>
  </div>`;
}

/** @param {{ comparison: import("./view.js").Comparison }} props */
function Nothing({ comparison: { status, jobs } }) {
  if (status === "queued") return html`<${Empty} title="Waits for a worker" />`;
  if (status === "running") return html`<${Empty} title="No training has ended yet"><p>Curves and trainings are below; the verdicts come with the results.</p></${Empty}>`;
  const reason = jobs.find(({ error }) => error)?.error;
  return html`<${Empty} title="No training succeeded">${reason && html`<p class="sentence"><bdi>${reason}</bdi></p>`}</${Empty}>`;
}

/** @param {{ comparison: import("./view.js").Comparison }} props */
function Leader({ comparison: { leader, num_jobs: all, num_ended: ended } }) {
  if (!leader) return null;
  const { architecture, n, test_accuracy: accuracy, std } = leader;
  return html`<p class="leader">
    <strong><bdi>${architecture}</bdi></strong> has the highest mean test accuracy${ended < all && " so far"}:
    <span class="numbers"> ${spread(accuracy, std)}</span> over ${n === 1 ? "one training" : `${n} trainings`}.
  </p>`;
}

/**
 * Sentences name architectures; one of a hidden architecture is left out.
 *
 * @param {{ tested: any, labels: string[], all: string[] }} props
 */
function Sentences({ tested, labels, all }) {
  const [whole, setWhole] = useState(false);
  const hidden = all.filter((label) => !labels.includes(label));
  const visible = tested.verdicts.filter((/** @type {string} */ sentence) => !hidden.some((label) => namesOf(sentence, tested.pairs).includes(label)));
  const first = whole ? visible : visible.slice(0, FIRST);
  return html`
    <ul class="sentences">${first.map((/** @type {string} */ sentence) => html`<li key=${sentence}><bdi>${sentence}</bdi></li>`)}</ul>
    ${visible.length > first.length && html`<button class="button" data-kind="quiet" type="button" onClick=${() => setWhole(true)}>All ${visible.length} verdicts</button>`}
    ${tested.notes.map((/** @type {string} */ note) => html`<p key=${note} class="faint"><bdi>${note}</bdi></p>`)}
    ${tested.left_out.length > 0 && html`<p class="faint">Not tested, for want of common seeds: <bdi>${tested.left_out.join("; ")}</bdi></p>`}
    <p class="faint">Paired tests on the same test images and seeds, at the level ${percent(tested.level, 0)}${tested.pairs.length > 1 ? ` after Holm's correction over all ${tested.pairs.length} pairs` : ""}.
      Differences below ${(100 * tested.margin).toFixed(1)} points count as equivalent.</p>
  `;
}

/**
 * The architectures that a sentence begins by naming.
 *
 * @param {string} sentence
 * @param {import("bakeoff-api").PairStatistics[]} pairs
 */
function namesOf(sentence, pairs) {
  const pair = pairs.find(({ better, worse }) => [`${better} beats ${worse} `, `between ${better} and ${worse}:`].some((text) => sentence.includes(text)));
  return pair ? [pair.better, pair.worse] : [];
}
