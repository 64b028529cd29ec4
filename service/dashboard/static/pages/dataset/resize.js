/** The same upload at another size, as a dataset of its own. */

import { useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { FollowedJob } from "../../components/followed_job.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";
import { SendingForm } from "../../components/sending_form.js";
import { link } from "../../router.js";

/** @param {{ name: string }} props */
export function Resize({ name }) {
  const [body, setBody] = useState({ new_name: "", size: "", fit: "crop" });
  const [made, setMade] = useState({ job: "", name: "", isReady: false });
  const change = (/** @type {any} */ event) => setBody({ ...body, [event.target.name]: event.target.value });
  const run = async () => {
    const { id } = await sendJson("POST", `v1/datasets/${name}/geometry`, body);
    setMade({ job: id, name: body.new_name, isReady: false });
  };
  const end = (/** @type {{ status: string }} */ { status }) => setMade((shown) => ({ ...shown, isReady: status === "succeeded" }));
  return html`<${Section} title="Another size">
    <details class="panel padded">
      <summary>Make the same upload at another size</summary>
      <${SendingForm} run=${run} submit="Make it">
        <${Field} label="New name"><input type="text" name="new_name" required pattern="[a-z][a-z0-9_]{0,63}" title="lower-case letters, digits and _, beginning with a letter" value=${body.new_name} onInput=${change} /></${Field}>
        <${Field} label="Size in pixels"><input type="text" name="size" required placeholder="64 or 96x128" value=${body.size} onInput=${change} /></${Field}>
        <${Field} label="Fit"><select name="fit" value=${body.fit} onChange=${change}>
          <option value="crop">Crop around the centre</option><option value="pad">Pad with black</option><option value="stretch">Stretch</option>
        </select></${Field}>
      </${SendingForm}>
    </details>
    ${made.job && html`<div class="panel padded beneath">
      <${FollowedJob} key=${made.job} id=${made.job} title=${html`Preparing <bdi>${made.name}</bdi>`} onEnd=${end} />
      ${made.isReady && html`<p><a href=${link(`/datasets/${made.name}`)}>Go to <bdi>${made.name}</bdi></a></p>`}
    </div>`}
  </${Section}>`;
}
