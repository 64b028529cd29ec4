/** How many workers there are and what they compute with, in the header. */

import { counted } from "../components/formats.js";
import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";
import { workers } from "../state/workers.js";

export function Machine() {
  const present = workers.value;
  if (present === null) return null;
  if (present.length === 0) return html`<span class="machine"><${Icon} name="warning" />No worker</span>`;
  const devices = [...new Set(present.map((worker) => worker.device))].join(", ");
  return html`<span class="machine"><${Icon} name="device" />${counted(present.length, "worker")}
    <span class="machine-devices">· <bdi>${devices}</bdi></span></span>`;
}
