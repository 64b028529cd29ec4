/** A dataset that is not there yet: a button that fetches it, and why it could not be fetched before. */

import { useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { Action } from "../../components/action.js";
import { FollowedJob } from "../../components/followed_job.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Empty, ErrorNotice } from "../../components/notices.js";

/** @param {{ dataset: import("bakeoff-api").DatasetDocument, onReady: () => void }} props */
export function Absent({ dataset: { name, state, error }, onReady }) {
  const [started, setStarted] = useState("");
  const newest = useResource(state === "fetching" ? `v1/jobs?kind=fetch&dataset=${name}&limit=1` : null);
  const job = started || newest.data?.items[0]?.id;
  if (job) return html`<div class="panel padded"><${FollowedJob} id=${job} title=${html`Fetching <bdi>${name}</bdi>`} onEnd=${onReady} /></div>`;
  const fetch = async () => setStarted((await sendJson("POST", `v1/datasets/${name}/fetch`)).id);
  return html`<${Empty} title="It has not been fetched yet">
    <p>A job that needs it fetches it by itself.</p>
    ${state === "failed" && html`<${ErrorNotice} error=${new Error(error ?? "it could not be fetched")} />`}
    <${Action} kind="primary" run=${fetch}><${Icon} name="download" />Fetch it now</${Action}>
  </${Empty}>`;
}
