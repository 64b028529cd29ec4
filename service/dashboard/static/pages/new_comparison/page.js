/** New comparison: what is trained, on what, how. The whole form lies in the address. */

import { useEffect, useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { useResource } from "../../api/resource.js";
import { Code } from "../../components/code.js";
import { html } from "../../components/html.js";
import { ErrorNotice } from "../../components/notices.js";
import { PageFrame, Section } from "../../components/page.js";
import { asCurl, asPython } from "../../components/samples.js";
import { changeQuery, link, navigate } from "../../router.js";
import { Architectures } from "./architectures.js";
import { useCost } from "./cost.js";
import { Datasets } from "./datasets.js";
import { Recipe } from "./recipe.js";
import { refusalsByField } from "./refusals.js";
import { asBody, asQuery, readRequest } from "./request.js";
import { Runs } from "./runs.js";
import { useSource } from "./source.js";
import { Summary } from "./summary.js";

/** @typedef {import("./request.js").Request} Request */

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ query }) {
  const request = readRequest(query);
  const change = (/** @type {Partial<Request>} */ changes) => changeQuery(asQuery(changes));
  const source = useSource(query.from);
  useEffect(() => {
    if (source?.request && !query.dataset) change(source.request);
  }, [source?.request]);
  const datasets = useResource("v1/datasets");
  const isReady = datasets.data?.items.some((/** @type {any} */ { name, state }) => name === request.dataset && state === "ready");
  const body = asBody(request);
  const { cost, error } = useCost(body.dataset && body.architectures.length ? body : null);
  const { submit, isBusy, refused } = useSubmit(body);
  const refusals = refusalsByField(refused ?? error, request);
  const original = source?.request;
  return html`<${PageFrame} title="New comparison" about=${source && html`<${Origin} source=${source} />`}>
    <${ErrorNotice} error=${source?.error} />
    <div class="request">
      <div class="request-fields">
        <${Datasets} datasets=${datasets} chosen=${request.dataset} choose=${(/** @type {string} */ dataset) => change({ dataset })} find=${query.find_dataset ?? ""}
          refusal=${refusals.get("dataset")} was=${original && original.dataset !== request.dataset ? original.dataset : undefined} />
        <${Architectures} entries=${request.architectures} change=${(/** @type {Request["architectures"]} */ architectures) => change({ architectures })}
          dataset=${isReady ? request.dataset : ""} query=${query} refusals=${refusals} costs=${cost?.architectures ?? []} original=${original?.architectures} />
        <${Recipe} values=${request.recipe} onChange=${(/** @type {Request["recipe"]} */ recipe) => change({ recipe })} refusals=${refusals} original=${original?.recipe} />
        <${Runs} request=${request} change=${change} refusals=${refusals} original=${original} />
        <${Section} title="The same request">
          <${Code} label="The same request" samples=${{ curl: asCurl("v1/comparisons", body), Python: asPython(body) }} />
        </${Section}>
      </div>
      <${Summary} request=${request} cost=${cost} refusals=${refusals} isBusy=${isBusy} submit=${submit} />
    </div>
  </${PageFrame}>`;
}

/** @param {{ source: import("./source.js").Source }} props */
function Origin({ source: { kind, id, name, request } }) {
  return html`A clone of ${kind} <a href=${link(`/${kind}s/${encodeURIComponent(id)}`)}><bdi>${name}</bdi></a>${request && "; what differs from it is marked"}`;
}

/**
 * Starts the comparison and goes to it; a refusal holds until the request is another one.
 *
 * @param {object} body
 */
function useSubmit(body) {
  const text = JSON.stringify(body);
  const [state, setState] = useState({ of: "", isBusy: false, error: /** @type {Error | undefined} */ (undefined) });
  const submit = async () => {
    setState({ of: text, isBusy: true, error: undefined });
    await sendJson("POST", "v1/comparisons", body).then(
      ({ id }) => navigate(`/comparisons/${id}`),
      (error) => setState({ of: text, isBusy: false, error }),
    );
  };
  return { submit, isBusy: state.isBusy, refused: state.of === text ? state.error : undefined };
}
