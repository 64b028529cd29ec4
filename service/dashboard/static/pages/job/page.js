/** A job of any kind: where it is, what happens to it, what came of it, and what can be done with it. */

import { sendJson } from "../../api/client.js";
import { Action } from "../../components/action.js";
import { Deletion } from "../../components/deletion.js";
import { html } from "../../components/html.js";
import { describeJob } from "../../components/jobs.js";
import { EditLabels, Labels } from "../../components/labels.js";
import { Loaded } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { Restore } from "../../components/restore.js";
import { link, navigate } from "../../router.js";
import { Charts } from "./charts.js";
import { Curves } from "./curves.js";
import { Details } from "./details.js";
import { Events } from "./events.js";
import { epochsOf, hasEnded, useJob } from "./live.js";
import { Log } from "./log.js";
import { Result } from "./result.js";
import { State } from "./state.js";
import { sentenceOf } from "./words.js";

/** @typedef {import("bakeoff-api").JobDocument} Job */

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ params, query }) {
  const { job, events } = useJob(params.id);
  if (job.data) return html`<${Shown} job=${job.data} reload=${job.reload} events=${events} query=${query} />`;
  return html`<${PageFrame} title="Job" about=${html`<bdi>${params.id}</bdi>`}>
    <${Loaded} of=${job}>${() => null}</${Loaded}>
    <${Restore} error=${job.error} path=${`v1/jobs/${encodeURIComponent(params.id)}`} noun="job" reload=${job.reload} />
  </${PageFrame}>`;
}

/**
 * @param {{ job: Job, reload: () => Promise<void>, events: import("./live.js").JobEvent[], query: Record<string, string> }} props
 */
function Shown({ job, reload, events, query }) {
  const isTraining = job.kind === "train";
  const title = job.name ?? describeJob(job, []).title;
  return html`<${PageFrame} title=${title} about=${html`<bdi>${sentenceOf(job)}</bdi>`} actions=${html`<${Actions} job=${job} reload=${reload} />`}>
    <${Labels} of=${job} list="/jobs" />
    <${State} job=${job} />
    <div class="job">
      <div class="job-main">
        ${isTraining && html`<${Curves} id=${job.id} epochs=${epochsOf(events)} query=${query} />`}
        <${Result} job=${job} />
        ${isTraining && job.status === "succeeded" && html`<${Charts} id=${job.id} query=${query} />`}
        <${Log} id=${job.id} moved=${events.length} open=${query.log === "open"} />
      </div>
      <div class="job-side">
        <${Details} job=${job} />
        <${Events} events=${events} />
      </div>
    </div>
  </${PageFrame}>`;
}

/** @param {{ job: Job, reload: () => Promise<void> }} props */
function Actions({ job, reload }) {
  const { id, kind, status } = job;
  const path = `v1/jobs/${encodeURIComponent(id)}`;
  const send = (/** @type {string} */ what) => async () => {
    await sendJson("POST", `${path}/${what}`);
    await reload();
  };
  return html`
    ${kind === "train" && html`<a key="clone" class="button" data-kind="primary" href=${link("/comparisons/new", { from: `job:${id}` })}>Clone and edit</a>`}
    ${!hasEnded(status) && html`<${Action} key="cancel" kind="danger" run=${send("cancel")}>Cancel</${Action}>`}
    ${(status === "failed" || status === "cancelled") && html`<${Action} key="retry" run=${send("retry")}>Retry</${Action}>`}
    <${EditLabels} key="labels" path=${path} of=${job} onChanged=${reload} />
    ${hasEnded(status) && html`<${Deletion} key="delete" path=${path} noun="job" name=${job.name ?? id} keeps="Its dataset stays." onDeleted=${() => navigate("/jobs")} />`}`;
}
