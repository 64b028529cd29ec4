/** What is wrong with the whole page: the service does not answer, or takes no request without another key. */

import { html } from "../components/html.js";
import { lost } from "../state/connection.js";
import { refusedKey } from "../state/key.js";
import { changeKey } from "../state/permissions.js";

export function Banner() {
  if (lost.value) return html`<p class="banner">The service does not answer; trying again</p>`;
  const reason = refusedKey.value;
  if (reason === null) return null;
  return html`<p class="banner"><span class="sentence"><bdi>${reason.split(";")[0]}</bdi></span>. What the page shows may be old.
    <button class="button" type="button" onClick=${() => changeKey(reason)}>Enter a key</button></p>`;
}
