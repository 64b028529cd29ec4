/** The answers side by side: whether they agree, and how they are explained. */

import { html } from "../../components/html.js";
import { ErrorNotice } from "../../components/notices.js";
import { changeQuery } from "../../router.js";
import { agreement } from "./agreement.js";
import { Answer } from "./answer.js";
import { METHODS } from "./why.js";

/**
 * @typedef {import("./selection.js").Chosen} Chosen
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {Record<string, import("./asker.js").Outcome>} Outcomes
 */

/** @param {{ chosen: Chosen[], picture: Picture | null, outcomes: Outcomes, query: Record<string, string> }} props */
export function Answers({ chosen, picture, outcomes, query }) {
  const method = query.method ?? "";
  const isAutomatic = query.why === "auto";
  const common = commonError(chosen, outcomes);
  return html`<section class="answers" aria-label="Answers">
    <div class="answers-bar">
      <p class="agreement" role="status"><bdi>${sentence(chosen, picture, outcomes)}</bdi></p>
      <label>Explain by
        <select value=${method} onChange=${(/** @type {any} */ event) => changeQuery({ method: event.target.value })}>
          ${Object.entries(METHODS).map(([name, words]) => html`<option key=${name} value=${name}>${words}</option>`)}
        </select>
      </label>
      <label class="answers-auto">
        <input type="checkbox" checked=${isAutomatic} onChange=${() => changeQuery({ why: isAutomatic ? undefined : "auto" })} />
        whenever I pause
      </label>
    </div>
    <${ErrorNotice} error=${common} />
    <ul class="answer-list">
      ${chosen.map((each) => {
        const outcome = outcomes[each.id];
        const error = each.error ?? (common ? undefined : outcome?.error);
        return html`<${Answer} key=${each.id} chosen=${each} picture=${picture} outcome=${outcome} error=${error} method=${method} isAutomatic=${isAutomatic} />`;
      })}
    </ul>
  </section>`;
}

/**
 * What is wrong with the picture rather than with a model: the same for all of them.
 *
 * @param {Chosen[]} chosen
 * @param {Outcomes} outcomes
 */
function commonError(chosen, outcomes) {
  const errors = chosen.map(({ id }) => outcomes[id]?.error);
  const isCommon = errors.every((error) => error && error.message === errors[0]?.message);
  return isCommon ? errors[0] : undefined;
}

/**
 * @param {Chosen[]} chosen
 * @param {Picture | null} picture
 * @param {Outcomes} outcomes
 */
function sentence(chosen, picture, outcomes) {
  if (!picture) return "Draw something, or choose a test image.";
  const names = chosen.map(({ name }) => name);
  const votes = chosen.flatMap(({ id, name, about }) => {
    const first = outcomes[id]?.answer?.predictions[0];
    const isShared = names.indexOf(name) !== names.lastIndexOf(name);
    return first ? [{ name: isShared ? `${name} (${about})` : name, label: first.label, probability: first.probability }] : [];
  });
  return agreement(votes, picture.label);
}
