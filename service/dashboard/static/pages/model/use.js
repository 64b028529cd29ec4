/** How programs use a model. */

import { Code } from "../../components/code.js";
import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";
import { base } from "../../components/samples.js";

/** @param {{ model: import("bakeoff-api").ModelDocument }} props */
export function Use({ model: { id, aliases } }) {
  const name = aliases[0] ?? id;
  const samples = { curl: asCurl(name), Python: asPython(name) };
  return html`<${Section} title="Use it" aside=${aliases[0] && "through its alias"}>
    <${Code} key=${name} label="Ask it for a prediction" samples=${samples} />
  </${Section}>`;
}

/** @param {string} name */
function asCurl(name) {
  return [
    "curl -X POST --data-binary @image.png -H 'Content-Type: image/png' \\",
    `  '${base()}/v1/models/${name}/predictions?top_k=3'`,
  ].join("\n");
}

/** @param {string} name */
function asPython(name) {
  return [
    "from bakeoff import Client",
    "",
    `client = Client("${base()}")`,
    `for prediction in client.predict("${name}", "image.png", top_k=3)["predictions"]:`,
    '    print(prediction["label"], prediction["probability"])',
  ].join("\n");
}
