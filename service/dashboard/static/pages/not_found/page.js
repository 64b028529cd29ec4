/** Shown where no page has the address. */

import { html } from "../../components/html.js";
import { Empty } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { address, link } from "../../router.js";

export function Page() {
  return html`<${PageFrame} title="There is no such page">
    <${Empty} title="Nothing is at this address"><p class="break"><bdi>${address.value.path}</bdi></p><p><a href=${link("/")}>Go home</a></p></${Empty}>
  </${PageFrame}>`;
}
