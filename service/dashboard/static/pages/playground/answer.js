/** What one model says: its classes as bars, how long each stage took, and why. */

import { duration, percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { ErrorNotice, Loading } from "../../components/notices.js";
import { seriesColour } from "../../components/chart_data.js";
import { link } from "../../router.js";
import { Why } from "./why.js";

/**
 * @typedef {import("./selection.js").Chosen} Chosen
 * @typedef {import("./asker.js").Outcome} Outcome
 * @typedef {import("./picture.js").Picture} Picture
 */

/**
 * @param {{ chosen: Chosen, picture: Picture | null, outcome: Outcome | undefined, error: Error | undefined, method: string,
 *   isAutomatic: boolean }} props `error` is what the card says instead of an answer
 */
export function Answer({ chosen, picture, outcome, error, method, isAutomatic }) {
  const isStale = Boolean(picture && outcome && outcome.picture !== picture);
  const answer = outcome?.answer;
  return html`<li class="answer panel" data-stale=${isStale} aria-busy=${Boolean(picture && !outcome) || isStale}>
    <header class="answer-head">
      <h2 data-series=${chosen.index === undefined ? null : seriesColour(chosen.index)}>
        <a href=${link(`/models/${encodeURIComponent(chosen.id)}`)}><bdi>${chosen.name}</bdi></a>
      </h2>
      <p class="faint"><bdi>${chosen.about}</bdi></p>
    </header>
    <${ErrorNotice} error=${error} />
    ${!chosen.model && !error && html`<${Loading} />`}
    ${!error && chosen.model && !answer && html`<p class="answer-blank faint">${picture && !outcome ? "…" : "Nothing to answer yet"}</p>`}
    ${chosen.model?.fold && outcome?.picture.source === "dataset" && html`<p class="hint">It may have been trained on this image: of all images, fold ${chosen.model.fold} alone tested it.</p>`}
    ${answer && outcome && html`<${Classes} top=${answer.predictions[0].top} truth=${outcome.picture.label} />
      <${Notes} notes=${outcome.picture.source === "drawing" ? [] : answer.predictions[0].notes} />
      <${Latency} answer=${answer} seconds=${outcome.seconds ?? 0} />
      ${picture && html`<${Why} chosen=${chosen} picture=${picture} outcome=${outcome} method=${method} isAutomatic=${isAutomatic} />`}`}
  </li>`;
}

/** @param {{ top: { label: string, probability: number }[], truth: string | undefined }} props */
function Classes({ top, truth }) {
  const [first] = top;
  return html`<div class="answer-first">
      <strong class="answer-label"><bdi>${first.label}</bdi></strong>
      <span class="numbers">${percent(first.probability)}</span>
      ${truth !== undefined && html`<${Verdict} isRight=${first.label === truth} />`}
    </div>
    <ol class="bars">
      ${top.map(
        ({ label, probability }) => html`<li key=${label}>
          <bdi class="bar-label">${label}</bdi>
          <${Bar} share=${probability} label=${`Probability of ${label}`} />
          <span class="numbers">${percent(probability)}</span>
        </li>`,
      )}
    </ol>`;
}

/** @param {{ share: number, label: string }} props */
function Bar({ share, label }) {
  return html`<span class="bar" role="meter" aria-label=${label} aria-valuemin="0" aria-valuemax="1" aria-valuenow=${share}>
    <span style=${{ inlineSize: `${100 * share}%` }}></span>
  </span>`;
}

/** @param {{ isRight: boolean }} props */
function Verdict({ isRight }) {
  return html`<span class="status" data-status=${isRight ? "succeeded" : "failed"}><${Icon} name=${isRight ? "succeeded" : "failed"} />${isRight ? "right" : "wrong"}</span>`;
}

/** @param {{ notes: string[] }} props what was done to the picture */
function Notes({ notes }) {
  return notes.length === 0 ? null : html`<p class="faint">Prepared: ${notes.join(", ")}</p>`;
}

/** @param {{ answer: import("bakeoff-api").PredictionList, seconds: number }} props */
function Latency({ answer, seconds }) {
  const { decode, queue, forward } = answer.latency_ms;
  const stages = { decode, queue, forward };
  return html`<p class="faint facts latency numbers">
    ${Object.entries(stages).map(([stage, milliseconds]) => html`<span key=${stage}>${stage} ${duration(milliseconds / 1000)}</span>`)}
    <span>${duration(seconds)} there and back</span>
    <span>${answer.engine} on ${answer.device}</span>
  </p>`;
}
