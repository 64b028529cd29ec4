/** Why a model answers as it does: which parts of the picture speak for a class, drawn over it. */

import { useEffect, useState } from "preact/hooks";

import { withQuery } from "../../api/client.js";
import { delay } from "../../api/events.js";
import { number, percent } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { ErrorNotice } from "../../components/notices.js";
import { retryAfter, send } from "./asker.js";

/**
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("./asker.js").Outcome} Outcome
 * @typedef {import("./selection.js").Chosen} Chosen
 */

/** As docs/explanations.md describes them; "" lets the service choose what fits the network. */
export const METHODS = { "": "the best for each", hires_cam: "HiResCAM", grad_cam: "Grad-CAM", occlusion: "occlusion" };
const IDLE = 600; // milliseconds without a new picture, after which explanations come by themselves

/**
 * @param {{ chosen: Chosen, picture: Picture, outcome: Outcome, method: string, isAutomatic: boolean }} props the
 *   outcome is that of this picture
 */
export function Why({ chosen, picture, outcome, method, isAutomatic }) {
  const [target, setTarget] = useState("");
  const [asked, setAsked] = useState(0); // for a picture, by its id
  const isAsked = asked === picture.id;
  const isIdle = !picture.isDraft && outcome.picture === picture;
  useEffect(() => {
    if (!isAutomatic || !isIdle) return undefined;
    const timer = setTimeout(() => setAsked(picture.id), IDLE);
    return () => clearTimeout(timer);
  }, [isAutomatic, isIdle, picture]);
  useEffect(() => setTarget(""), [picture]);
  const { explained, error } = useExplanation(isAsked ? chosen : null, picture, { method, class: target });
  const top = outcome.answer?.predictions[0].top ?? [];
  if (!isAsked) return html`<button class="button" type="button" disabled=${!isIdle} onClick=${() => setAsked(picture.id)}>Why?</button>`;
  return html`<div class="why">
    <label class="why-class">Why
      <select value=${target} onChange=${(/** @type {any} */ event) => setTarget(event.target.value)}>
        ${top.map(({ label }, index) => html`<option key=${label} value=${index ? label : ""}>${label}</option>`)}
      </select>
    </label>
    <${ErrorNotice} error=${error} />
    ${!explained && !error && html`<p class="faint" role="status">Looking for reasons…</p>`}
    ${explained && html`<${Overlay} explained=${explained} />`}
  </div>`;
}

/** @param {{ explained: import("bakeoff-api").ExplanationList }} props */
function Overlay({ explained: { method, explanations } }) {
  const [explanation] = explanations;
  const name = /** @type {Record<string, string>} */ (METHODS)[method] ?? method;
  return html`<figure class="overlay">
    <img src=${explanation.overlay} alt=${`${name} for ${explanation.class}, over the picture`} />
    <figcaption class="faint">
      <p class="sentence">${name} for <bdi>${explanation.class}</bdi>, which has ${percent(explanation.class_probability)}: ${explanation.how}.</p>
      <p>${explanation.scale === 0 ? "Nothing in the picture counts." : `Orange speaks for it, blue against it; the strongest colour stands for ${number(explanation.scale)}.`}</p>
    </figcaption>
  </figure>`;
}

/**
 * The explanation of a picture; without a model none is asked for. A busy service is waited for.
 *
 * @param {Chosen | null} chosen
 * @param {Picture} picture
 * @param {{ method: string, class: string }} options
 */
function useExplanation(chosen, picture, options) {
  const [state, setState] = useState({ of: "", explained: /** @type {any} */ (undefined), error: /** @type {Error | undefined} */ (undefined) });
  const path = chosen && withQuery(`v1/models/${encodeURIComponent(chosen.id)}/explanations`, options);
  const key = `${picture.id} ${path}`;
  useEffect(() => {
    if (!chosen?.model || !path) return undefined;
    const controller = new AbortController();
    explain(path, picture.bodyFor(chosen.model), controller.signal).then(
      (explained) => setState({ of: key, explained, error: undefined }),
      (error) => controller.signal.aborted || setState({ of: key, explained: undefined, error }),
    );
    return () => controller.abort();
  }, [key]);
  return state.of === key ? state : { explained: undefined, error: undefined };
}

/**
 * @param {string} path
 * @param {Promise<Blob>} body
 * @param {AbortSignal} signal
 */
async function explain(path, body, signal) {
  for (;;) {
    try {
      return await (await send(path, await body, signal)).json();
    } catch (error) {
      const pause = retryAfter(/** @type {Error} */ (error));
      if (!pause) throw error;
      await delay(1000 * pause, signal);
      signal.throwIfAborted();
    }
  }
}
