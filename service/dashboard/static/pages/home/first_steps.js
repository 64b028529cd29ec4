/** Home of an installation in which nothing has happened: what to do first, with one button that does it. */

import { sendJson } from "../../api/client.js";
import { Action } from "../../components/action.js";
import { Code } from "../../components/code.js";
import { html } from "../../components/html.js";
import { Forbidden } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { link, navigate } from "../../router.js";
import { workers } from "../../state/workers.js";
import { asCurl, asPython } from "../../components/samples.js";
import { NoWorker } from "./workers.js";

/** Small enough to be trained in about a minute, without any download. */
const FIRST = {
  dataset: "digits",
  architectures: ["fully_connected", "cnn", "residual_cnn"],
  recipe: { epochs: 5 },
  seeds: 3,
};

/** @param {{ onStarted: () => void }} props */
export function FirstSteps({ onStarted }) {
  const start = async () => {
    const comparison = await sendJson("POST", "v1/comparisons", FIRST);
    onStarted();
    navigate(`/comparisons/${comparison.id}`);
  };
  return html`<${PageFrame} title="Welcome" about="Nothing has been trained here yet.">
    <div class="first panel">
      <div class="first-words">
        <h2>Compare three networks on handwritten digits</h2>
        <p>A fully connected network, a CNN and a residual CNN are trained on the same 1,797 images of 8 × 8 pixels, with the same recipe and three seeds
          each. It takes about a minute on a processor and downloads nothing.</p>
        ${workers.value?.length === 0 && html`<${NoWorker} />`}
        <${Forbidden} scope="train" />
        <div class="first-actions">
          <${Action} kind="primary" run=${start}>Run the comparison</${Action}>
          <a href=${link("/comparisons/new")}>Choose something else</a>
        </div>
        <ol class="steps">
          <li><strong>Watch</strong> the curves of all nine trainings as they come.</li>
          <li><strong>Read</strong> which difference is real, and which may be luck.</li>
          <li><strong>Try</strong> the networks on digits that you draw.</li>
        </ol>
      </div>
      <${Code} label="The same request" samples=${{ curl: asCurl("v1/comparisons", FIRST), Python: asPython(FIRST) }} />
    </div>
  </${PageFrame}>`;
}
