/** How often everything is trained, and what the comparison is called. */

import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";
import { Field } from "./field.js";

/** Field, its label, what is said of it, and what stands in it while it is empty. */
const FIELDS = /** @type {const} */ ([
  ["seeds", "Seeds", "how many, as 3, or which, as 0, 5 or [7]: each is a training of its own, and from how they differ follows what is luck", "3, with folds 1"],
  ["folds", "Folds", "2 to 20, for cross-validation: all images are divided into so many parts, each of which tests in turn", "none"],
  ["name", "Name", "of the comparison", "dataset and architectures"],
  ["priority", "Priority", "−100 to 100: higher goes first", "0"],
]);

/**
 * @param {{ request: import("./request.js").Request, change: (changes: Partial<import("./request.js").Request>) => void,
 *   refusals: Map<string, string>, original?: import("./request.js").Request }} props
 */
export function Runs({ request, change, refusals, original }) {
  return html`<${Section} title="Seeds and folds">
    <div class="panel request-panel"><div class="request-grid">
      ${FIELDS.map(([field, label, hint, placeholder]) => {
        const was = original && original[field] !== request[field] && field !== "name" ? original[field] : undefined;
        return html`<${Field} key=${field} label=${label} at=${field} hint=${hint} refusal=${refusals.get(field)} was=${was}>
          ${(/** @type {object} */ attributes) => html`<input ...${attributes} type="text" autocomplete="off" maxlength="400" value=${request[field]}
            placeholder=${placeholder} onInput=${(/** @type {any} */ event) => change({ [field]: event.currentTarget.value })} />`}
        </${Field}>`;
      })}
    </div></div>
  </${Section}>`;
}
