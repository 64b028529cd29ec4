/** Icons of our own, 16 × 16, drawn with the colour of the text. They always stand beside a word or have a label. */

import { html } from "./html.js";

const PATHS = {
  queued: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3.2l2 1.3",
  running: "M8 2.5a5.5 5.5 0 1 1-5.2 3.7M5.2 2.6 2.8 6.2 6.4 7",
  succeeded: "m3.5 8.5 3 3 6-7",
  failed: "m4.5 4.5 7 7m0-7-7 7",
  cancelled: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM4.2 4.2l7.6 7.6",
  warning: "M8 2.5 1.8 13.2h12.4L8 2.5ZM8 6.5v3m0 1.6v.4",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm3.3 7.8 3.4 3.4",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  close: "m4 4 8 8m0-8-8 8",
  system: "M2.5 3.5h11v7.5h-11zM6 13.5h4",
  light: "M8 5.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4ZM8 1.5v1.4m0 10.2v1.4M1.5 8h1.4m10.2 0h1.4M3.4 3.4l1 1m7.2 7.2 1 1m0-9.2-1 1m-7.2 7.2-1 1",
  dark: "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5Z",
  ascending: "M8 12.5v-9m-3.5 3.4L8 3.5l3.5 3.4",
  descending: "M8 3.5v9m-3.5-3.4L8 12.5l3.5-3.4",
  download: "M8 2.5v7.5m-3.2-3L8 10.2 11.2 7M2.8 13.3h10.4",
  key: "M10.5 2.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8.3 7.7 2.8 13.2m2-2 1.6 1.6",
  copy: "M5.5 5.5h7.7v7.7H5.5zM3 10.5V2.8h7.7",
  device: "M4 4h8v8H4zM6.3 1.8V4m3.4-2.2V4M6.3 12v2.2m3.4-2.2v2.2M1.8 6.3H4m-2.2 3.4H4m8-3.4h2.2M12 9.7h2.2",
};

/**
 * @param {{ name: string, label?: string }} props the label names an icon that stands alone
 */
export function Icon({ name, label }) {
  return html`<svg class="icon" viewBox="0 0 16 16" role=${label ? "img" : null} aria-label=${label} aria-hidden=${label ? null : "true"}>
    <path d=${/** @type {Record<string, string>} */ (PATHS)[name]} />
  </svg>`;
}
