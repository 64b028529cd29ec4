/** The last lines that the process of a job has printed: read when they are asked for, and again when something happens. */

import { useEffect, useState } from "preact/hooks";

import { request } from "../../api/client.js";
import { html } from "../../components/html.js";
import { ErrorNotice } from "../../components/notices.js";
import { Section } from "../../components/page.js";
import { changeQuery } from "../../router.js";

/** @param {{ id: string, moved: number, open: boolean }} props `moved` counts what has happened */
export function Log({ id, moved, open }) {
  const toggle = html`<button class="button" data-kind="quiet" type="button" aria-expanded=${open}
    onClick=${() => changeQuery({ log: open ? undefined : "open" })}>${open ? "Hide" : "Show"} the log</button>`;
  return html`<${Section} title="Log" aside=${toggle}>
    ${open ? html`<${Lines} id=${id} moved=${moved} />` : html`<p class="faint">The last 200 lines that its process has printed.</p>`}
  </${Section}>`;
}

/** @param {{ id: string, moved: number }} props */
function Lines({ id, moved }) {
  const [asked, setAsked] = useState(0);
  const { text, error } = useLog(id, `${moved} ${asked}`);
  return html`<div class="job-log-frame">
    <${ErrorNotice} error=${error} />
    ${text === "" && html`<p class="faint">Its process has printed nothing.</p>`}
    ${text && html`<pre class="job-log" tabindex="0" aria-label="Log"><code><bdi>${text}</bdi></code></pre>`}
    <button class="button" type="button" onClick=${() => setAsked(asked + 1)}>Read it again</button>
  </div>`;
}

/**
 * @param {string} id
 * @param {string} moment at which it is read
 */
function useLog(id, moment) {
  const [state, setState] = useState({ text: /** @type {string | null} */ (null), error: /** @type {Error | undefined} */ (undefined) });
  useEffect(() => {
    const controller = new AbortController();
    const read = async () => {
      const text = await (await request(`v1/jobs/${encodeURIComponent(id)}/log?tail=200`, { signal: controller.signal })).text();
      setState({ text: text.trimEnd(), error: undefined });
    };
    read().catch((error) => controller.signal.aborted || setState((before) => ({ ...before, error })));
    return () => controller.abort();
  }, [id, moment]);
  return state;
}
