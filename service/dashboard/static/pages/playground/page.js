/** The playground: a picture, what each model makes of it, and why. */

import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../../components/html.js";
import { Empty, ErrorNotice, Forbidden, Loading } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { link } from "../../router.js";
import { Answers } from "./answer_list.js";
import { useAnswers } from "./answers.js";
import { Chooser, TOP_K } from "./chooser.js";
import { Input } from "./input.js";
import { useLooks } from "./looks.js";
import { useSelection } from "./selection.js";
import { TestImages } from "./test_images.js";

/** @typedef {import("./picture.js").Picture} Picture */

/** @param {{ query: Record<string, string> }} props */
export function Page({ query }) {
  const selection = useSelection(query);
  const { chosen, comparisons } = selection;
  const models = useLatestModels(chosen);
  const lookFor = useLooks(models);
  const [picture, setPicture] = usePicture();
  const outcomes = useAnswers(chosen, picture, { top_k: query.top_k ?? TOP_K, engine: query.engine });
  const hasAny = chosen.length > 0 || comparisons.length > 0;
  return html`<${PageFrame} title="Playground" about="Show the models a picture: each says what it sees, how sure it is, and why.">
    <${Forbidden} scope="predict" />
    ${hasAny && html`<${Chooser} selection=${selection} query=${query} />`}
    ${chosen.length === 0 && html`<${Nothing} selection=${selection} />`}
    <div class="playground">
      ${models.length > 0 && html`<${Input} models=${models} lookFor=${lookFor} picture=${picture} onPicture=${setPicture} query=${query} />`}
      ${models.length > 0 && html`<${TestImages} dataset=${models[0].dataset} classes=${models[0].classes} chosen=${query.image} />`}
      ${chosen.length > 0 && html`<${Answers} chosen=${chosen} picture=${picture} outcomes=${outcomes} query=${query} />`}
    </div>
  </${PageFrame}>`;
}

/** @param {{ selection: import("./selection.js").Selection }} props */
function Nothing({ selection: { loading, error, comparisons } }) {
  if (loading) return html`<${Loading} />`;
  if (error) return html`<${ErrorNotice} error=${error} />`;
  if (comparisons.length > 0) return html`<${Empty} title="No model of this comparison is trained yet"><p>Choose another, or come back when a training has ended.</p></${Empty}>`;
  return html`<${Empty} title="There is no model yet">
    <p>Train some first: the digits comparison takes about a minute.</p>
    <p><a class="button" data-kind="primary" href=${link("/comparisons/new")}>New comparison</a></p>
  </${Empty}>`;
}

/**
 * The chosen models that are loaded; while the next choice loads those before, so that a drawing stays.
 *
 * @param {import("./selection.js").Chosen[]} chosen
 */
function useLatestModels(chosen) {
  const latest = useRef(/** @type {import("./picture.js").Model[]} */ ([]));
  const models = chosen.flatMap(({ model }) => (model ? [model] : []));
  if (models.length > 0) latest.current = models;
  return latest.current;
}

/**
 * The picture that is shown, null at first; what the browser keeps for it is forgotten when another takes its place.
 *
 * @returns {[Picture | null, (picture: Picture | null) => void]}
 */
function usePicture() {
  const [picture, setPicture] = useState(/** @type {Picture | null} */ (null));
  useEffect(() => () => URL.revokeObjectURL(picture?.url ?? ""), [picture]);
  return [picture, setPicture];
}
