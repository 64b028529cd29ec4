/** What has happened to a job, the newest first. */

import { useState } from "preact/hooks";

import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";
import { Time } from "../../components/time.js";
import { eventInWords } from "./words.js";

const FEW = 8; // that are shown at first

/** @param {{ events: import("./live.js").JobEvent[] }} props */
export function Events({ events }) {
  const [all, setAll] = useState(false);
  const newest = events.toReversed();
  const shown = all ? newest : newest.slice(0, FEW);
  return html`<${Section} title="Events" aside=${counted(events.length, "event")}>
    <ol class="panel rows job-events">
      ${shown.map((event) => html`<li key=${event.id}><span class="sentence"><bdi>${eventInWords(event)}</bdi></span>${event.data.at && html`<span class="faint"><${Time} at=${event.data.at} /></span>`}</li>`)}
    </ol>
    ${events.length > FEW && html`<p class="job-events-more"><button class="button" data-kind="quiet" type="button" onClick=${() => setAll(!all)}>${all ? "Show the newest" : `Show all ${events.length}`}</button></p>`}
  </${Section}>`;
}
