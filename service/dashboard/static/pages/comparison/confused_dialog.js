/** The images of one class that an architecture takes for another, and how many of its networks do. */

import { Dialog } from "../../components/dialog.js";
import { percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { ImageCard } from "./image_card.js";
import { Images } from "./images.js";
import { isOf } from "./trainings.js";

const PAGE = 24; // images

/**
 * @param {{ view: import("./view.js").View, entry: import("./view.js").Entry, truth: string, predicted: string, onClose: () => void }} props
 */
export function ConfusedDialog({ view: { comparison }, entry, truth, predicted, onClose }) {
  const query = { true: truth, predicted, architecture: entry.label };
  const models = new Map(comparison.jobs.map((job) => [job.id, job.model_id]));
  // With folds one network a seed has not been trained on an image.
  const networks = new Set(comparison.jobs.filter((job) => job.model_id && isOf(job, entry)).map(({ seed }) => seed)).size;
  const title = truth === predicted ? `${truth}, got right` : `${truth} taken for ${predicted}`;
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <p class="faint"><bdi>${entry.label}</bdi>, those first that most of its networks agree on, then the most certain</p>
    <div class="dialog-wide">
      <${Images} path=${`v1/comparisons/${comparison.id}/confused_images`} query=${query} page=${PAGE}>
        ${(/** @type {any} */ image) => html`<${ImageCard} image=${image} classes=${[predicted, truth]} model=${models.get(surest(image.jobs).job_id)}>
          <${Answers} jobs=${image.jobs} of=${networks} />
        </${ImageCard}>`}
      </${Images}>
    </div>
    <div class="form-actions"><button class="button" data-kind="primary" type="button" autofocus onClick=${onClose}>Close</button></div>
  </${Dialog}>`;
}

/**
 * The network that is most certain.
 *
 * @param {{ job_id: string, probability: number }[]} jobs
 */
function surest(jobs) {
  return jobs.reduce((first, second) => (second.probability > first.probability ? second : first));
}

/** @param {{ jobs: { seed: number, probability: number }[], of: number }} props */
function Answers({ jobs, of }) {
  const seeds = jobs.map(({ seed, probability }) => `seed ${seed}: ${percent(probability)}`).join(", ");
  return html`<span class="numbers" title=${seeds}>${percent(surest(/** @type {any} */ (jobs)).probability, 0)}${of > 1 && html`<span class="faint"> · ${jobs.length} of ${of}</span>`}</span>`;
}
