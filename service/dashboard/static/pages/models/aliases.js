/** Every alias, the model that it stands for, and its history. */

import { Alias } from "../../components/alias.js";
import { html } from "../../components/html.js";
import { Empty, Loaded } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";

/** @typedef {import("bakeoff-api").AliasDocument} AliasDocument */

/** @param {{ aliases: import("../../api/resource.js").Resource<{ items: AliasDocument[] }>, onChanged: () => void }} props */
export function Aliases({ aliases, onChanged }) {
  return html`<div class="aliases"><${Section} title="Aliases" aside="Names that stand for models, wherever an id is accepted">
    <${Loaded} of=${aliases}>${(/** @type {{ items: AliasDocument[] }} */ { items }) =>
      items.length === 0
        ? html`<${Empty} title="There is no alias yet"><p>The page of a model sets one.</p></${Empty}>`
        : html`<ul class="panel rows">${items.map((item) => html`<${Item} key=${item.alias} item=${item} onChanged=${onChanged} />`)}</ul>`}</${Loaded}>
  </${Section}></div>`;
}

/** @param {{ item: AliasDocument, onChanged: () => void }} props */
function Item({ item: { alias, model_id: model, engine, updated_at: at }, onChanged }) {
  return html`<li class="alias-item">
    <${Alias} alias=${alias} onChanged=${onChanged} />
    <p class="faint facts"><span>stands for <a href=${link(`/models/${model}`)}><code>${model}</code></a></span>${engine && html`<span>by ${engine}</span>`}<span>since <${Time} at=${at} /></span></p>
  </li>`;
}
