/** A comparison: what came of it, which differences are real, how the networks learnt, and where they fail. */

import { ErrorNotice, Loading } from "../../components/notices.js";
import { html } from "../../components/html.js";
import { PageFrame } from "../../components/page.js";
import { Restore } from "../../components/restore.js";
import { Actions } from "./actions.js";
import { Charts } from "./charts.js";
import { Chips } from "./chips.js";
import { Confusions } from "./confusions.js";
import { Curves } from "./curves.js";
import { Failures } from "./failures.js";
import { Leaderboard } from "./leaderboard.js";
import { useComparison, useVersioned } from "./loading.js";
import { Pairs } from "./pairs.js";
import { Contents, Part } from "./parts.js";
import { Summary } from "./summary.js";
import { Trainings } from "./trainings.js";
import { Verdicts } from "./verdicts.js";
import { readView } from "./view.js";

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ params, query }) {
  const { data, error, reload, epochs } = useComparison(params.id);
  if (data) return html`<${Whole} comparison=${data} error=${error} reload=${reload} epochs=${epochs} query=${query} />`;
  return html`<${PageFrame} title="Comparison" about=${html`<bdi>${params.id}</bdi>`}>
    ${error ? html`<${ErrorNotice} error=${error} retry=${reload} />` : html`<${Loading} />`}
    <${Restore} error=${error} path=${`v1/comparisons/${encodeURIComponent(params.id)}`} noun="comparison" reload=${reload} />
  </${PageFrame}>`;
}

/**
 * @param {{ comparison: import("./view.js").Comparison, error: Error | undefined, reload: () => Promise<void>, epochs: number,
 *   query: Record<string, string> }} props
 */
function Whole({ comparison, error, reload, epochs, query }) {
  const { id, leaderboard } = comparison;
  const results = comparison.jobs.filter(({ status }) => status === "succeeded").length;
  const statistics = useVersioned(leaderboard.length > 0 ? `v1/comparisons/${id}/statistics` : null, results);
  const view = readView(comparison, query);
  const parts = { view, results, statistics };
  return html`<${PageFrame} title=${comparison.name} actions=${html`<${Actions} comparison=${comparison} reload=${reload} />`}>
    <${ErrorNotice} error=${error} retry=${reload} />
    <${Summary} comparison=${comparison} />
    <div class="comparison">
      <aside class="comparison-side" aria-label="Contents and architectures"><${Contents} /><${Chips} view=${view} /></aside>
      <div class="comparison-parts">
        <${Part} name="verdicts">${() => html`<${Verdicts} ...${parts} />`}</${Part}>
        <${Part} name="leaderboard">${() => html`<${Leaderboard} ...${parts} />`}</${Part}>
        <${Part} name="curves">${() => html`<${Curves} view=${view} epochs=${epochs} />`}</${Part}>
        <${Part} name="pairs">${() => html`<${Pairs} ...${parts} />`}</${Part}>
        <${Part} name="confusions">${() => html`<${Confusions} ...${parts} />`}</${Part}>
        <${Part} name="failures">${() => html`<${Failures} ...${parts} />`}</${Part}>
        <${Part} name="charts">${() => html`<${Charts} ...${parts} />`}</${Part}>
        <${Part} name="trainings">${() => html`<${Trainings} view=${view} />`}</${Part}>
      </div>
    </div>
  </${PageFrame}>`;
}
