/** A moment as "2 minutes ago", with the date and the time on hovering. */

import { now } from "../state/clock.js";
import { html } from "./html.js";

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });
const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** @param {{ at: string }} props ISO 8601, as the API has it */
export function Time({ at }) {
  const moment = new Date(at);
  return html`<time datetime=${at} title=${absolute.format(moment)}>${ago(moment)}</time>`;
}

/** @param {Date} moment */
function ago(moment) {
  const seconds = (moment.getTime() - now.value) / 1000;
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? relative.format(Math.round(seconds / unit[1]), unit[0]) : "just now";
}
