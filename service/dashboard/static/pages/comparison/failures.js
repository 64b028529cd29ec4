/** The errors that each architecture is most certain of, and the images that it alone gets right. */

import { percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { changeQuery } from "../../router.js";
import { ImageCard } from "./image_card.js";
import { Images } from "./images.js";
import { Mark } from "./mark.js";
import { Later } from "./parts.js";
import { isOf } from "./trainings.js";
import { byAccuracy } from "./view.js";

const PAGE = 12; // images

const KINDS = /** @type {const} */ ([
  ["confidently_wrong", "Most certain errors"],
  ["only_right", "Only this one gets right"],
]);

/** @param {{ view: import("./view.js").View, results: number }} props */
export function Failures({ view, results }) {
  const entries = byAccuracy(view);
  if (entries.length === 0) return html`<${Empty} title="No training has succeeded yet" />`;
  const which = view.query.failures === "only_right" ? "only_right" : "confidently_wrong";
  return html`
    <div class="controls"><fieldset class="segments"><legend class="visually-hidden">Which images</legend>
      ${KINDS.map(
        ([kind, title]) => html`<label key=${kind} class="segment"><input class="visually-hidden" type="radio" name="failures" checked=${which === kind}
          onChange=${() => changeQuery({ failures: kind === KINDS[0][0] ? undefined : kind })} />${title}</label>`,
      )}
    </fieldset></div>
    <ul class="panel rows failures">
      ${entries.map((entry) => html`<li key=${entry.index}>
        <h3 class="cell-label"><${Mark} index=${entry.index} /><bdi>${entry.label}</bdi></h3>
        <${Later}>${() => html`<${OfArchitecture} key=${which} view=${view} entry=${entry} which=${which} results=${results} />`}</${Later}>
      </li>`)}
    </ul>
    <p class="faint below">${view.comparison.folds
      ? "Each image is judged by the networks that were not trained on it, by their mean over seeds. Why is answered by the first of them."
      : "Judged by the mean of the probabilities of all seeds. Why is answered by the model that is best on validation."}</p>
  `;
}

/** @param {{ view: import("./view.js").View, entry: import("./view.js").Entry, which: string, results: number }} props */
function OfArchitecture({ view: { comparison }, entry, which, results }) {
  const row = comparison.leaderboard.find(({ architecture }) => architecture === entry.label);
  const tested = comparison.jobs.filter((job) => job.model_id && isOf(job, entry));
  const modelOf = (/** @type {{ fold: number | null }} */ { fold }) => (fold === null ? row?.best_model_id : tested.find((job) => job.fold === fold)?.model_id);
  const query = { architecture: entry.label, which };
  return html`<${Images} path=${`v1/comparisons/${comparison.id}/failure_images`} query=${query} page=${PAGE} version=${results}>
    ${(/** @type {any} */ image) => html`<${ImageCard} image=${image} classes=${[image.predicted, image.true]} model=${modelOf(image)}>
      <span><bdi>${image.true}</bdi>${which === "confidently_wrong" && html`<span class="faint"> taken for </span><bdi>${image.predicted}</bdi>`}</span>
      <span class="faint numbers">${percent(image.probability, 0)}</span>
    </${ImageCard}>`}
  </${Images}>`;
}
