/** The models, newest first, to be searched, narrowed and sorted, and the aliases that stand for some of them. */

import { usePages, useResource } from "../../api/resource.js";
import { html } from "../../components/html.js";
import { ErrorNotice, Loading } from "../../components/notices.js";
import { PageFrame } from "../../components/page.js";
import { Table } from "../../components/table.js";
import { Aliases } from "./aliases.js";
import { COLUMNS } from "./columns.js";
import { Filters } from "./filters.js";

/** @typedef {import("bakeoff-api").ModelDocument} Model */

/** @param {import("../../shell/page.js").PageProps} props */
export function Page({ query: { search, dataset, architecture, tag } }) {
  const models = usePages("v1/models", { search, dataset, architecture, tag, limit: 100 });
  const aliases = useResource("v1/aliases");
  const changed = () => Promise.all([models.reload(), aliases.reload()]);
  return html`<${PageFrame} title="Models" about="Networks that are ready to serve. Each training makes one.">
    <${Filters} search=${search} dataset=${dataset} architecture=${architecture} tag=${tag} />
    <${ErrorNotice} error=${models.error} retry=${models.reload} />
    ${models.loading && models.items.length === 0
      ? html`<${Loading} />`
      : html`<${Table} label="Models" noun="model" columns=${COLUMNS} rows=${models.items} rowKey=${(/** @type {Model} */ row) => row.id} more=${models.more} search=${false} />`}
    <${Aliases} aliases=${aliases} onChanged=${changed} />
  </${PageFrame}>`;
}
