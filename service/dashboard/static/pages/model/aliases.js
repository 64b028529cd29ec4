/** The aliases that stand for a model, their history, and a form that sets one. */

import { useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { Alias } from "../../components/alias.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";
import { SendingForm } from "../../components/sending_form.js";
import { toast } from "../../state/toasts.js";

/** @typedef {import("bakeoff-api").ModelDocument} Model */

/** @param {{ model: Model, onChanged: () => void }} props */
export function Aliases({ model, onChanged }) {
  return html`<${Section} title="Aliases">
    <div class="panel stacked-panel">
      ${model.aliases.length === 0
        ? html`<p class="faint">No alias stands for it. An alias is accepted wherever an id is, so programs need not know which model serves them.</p>`
        : model.aliases.map((alias) => html`<${Alias} key=${alias} alias=${alias} onChanged=${onChanged} />`)}
      <${SetAlias} model=${model} onChanged=${onChanged} />
    </div>
  </${Section}>`;
}

/** @param {{ model: Model, onChanged: () => void }} props */
function SetAlias({ model, onChanged }) {
  const [alias, setAlias] = useState("");
  const [engine, setEngine] = useState("");
  const engines = useResource("v1/engines");
  const run = async () => {
    await sendJson("PUT", `v1/aliases/${encodeURIComponent(alias)}`, { model_id: model.id, engine: engine || null });
    toast(`${alias} stands for this model now`);
    setAlias("");
    onChanged();
  };
  return html`<details>
    <summary>Let an alias stand for it</summary>
    <${SendingForm} run=${run} submit="Set alias">
      <${Field} label="Alias" hint="One that stands for another model moves to this one; its history stays."><input type="text" required pattern="[a-z][a-z0-9_\\-]{0,63}" title="lower-case letters, digits, - and _, beginning with a letter" placeholder="champion" value=${alias}
        onInput=${(/** @type {any} */ event) => setAlias(event.target.value)} /></${Field}>
      <${Field} label="Engine"><select value=${engine} onChange=${(/** @type {any} */ event) => setEngine(event.target.value)}>
        <option value="">The default</option>
        ${(engines.data?.items ?? []).map((/** @type {{ name: string }} */ { name }) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select></${Field}>
    </${SendingForm}>
  </details>`;
}
