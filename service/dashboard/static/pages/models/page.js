/** The models, newest first, to be searched, narrowed and sorted, and the aliases that stand for some of them. */

import { usePages, useResource } from "../../api/resource.js";
import { html } from "../../components/html.js";
import { Empty, ErrorNotice, Loading } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { Table } from "../../components/table.js";
import { Aliases } from "./aliases.js";
import { COLUMNS } from "./columns.js";
import { Filters } from "./filters.js";

/** @typedef {import("bakeoff-api").ModelDocument} Model */

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ query }) {
  const { search, dataset, architecture, tag } = query;
  const models = usePages("v1/models", { search, dataset, architecture, tag, limit: 100 });
  const aliases = useResource("v1/aliases");
  const changed = () => Promise.all([models.reload(), aliases.reload()]);
  return html`<${PageFrame} title="Models" about="Networks that are ready to serve. Each training makes one.">
    <${Filters} query=${query} models=${models.items} />
    <${ErrorNotice} error=${models.error} retry=${models.reload} />
    ${models.items.length === 0 ? html`<${None} loading=${models.loading} isNarrowed=${Boolean(search || dataset || architecture || tag)} />` : html`<${List} models=${models} />`}
    <${Aliases} aliases=${aliases} onChanged=${changed} />
  </${PageFrame}>`;
}

/** @param {{ models: { items: Model[], more: (() => Promise<void>) | null } }} props */
function List({ models: { items, more } }) {
  return html`<${Table} label="Models" noun="model" columns=${COLUMNS} rows=${items} rowKey=${(/** @type {Model} */ row) => row.id} more=${more} search=${false} />`;
}

/** @param {{ loading: boolean, isNarrowed: boolean }} props */
function None({ loading, isNarrowed }) {
  if (loading) return html`<${Loading} />`;
  return isNarrowed ? html`<${Empty} title="No model matches" />` : html`<${Empty} title="There is no model yet"><p>Each training of a comparison makes one.</p></${Empty}>`;
}
