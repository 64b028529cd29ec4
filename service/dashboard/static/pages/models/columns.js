/** The columns of the table of models. */

import { Cut } from "../../components/cut.js";
import { percent, short } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Tags } from "../../components/labels.js";
import { Time } from "../../components/time.js";
import { link } from "../../router.js";

/** @typedef {import("bakeoff-api").ModelDocument} Model */

/** @type {import("../../components/table.js").Column<Model>[]} */
export const COLUMNS = [
  { key: "name", label: "Model", fixed: true, value: (model) => model.name ?? model.id, cell: (model) => html`<${Name} model=${model} />` },
  {
    key: "architecture",
    label: "Architecture",
    value: (model) => model.architecture,
    cell: (model) => html`<bdi>${model.architecture}</bdi>${model.quantised_from && html` <span class="faint">int8</span>`}`,
  },
  {
    key: "dataset",
    label: "Dataset",
    value: (model) => model.dataset,
    cell: (model) => html`<a href=${link(`/datasets/${model.dataset}`)}><bdi>${model.dataset}</bdi></a>`,
  },
  { key: "seed", label: "Seed", numeric: true, value: (model) => model.seed, cell: (model) => (model.fold ? `${model.seed}, fold ${model.fold}` : model.seed) },
  { key: "accuracy", label: "Test accuracy", numeric: true, value: (model) => model.test_accuracy, cell: (model) => percent(model.test_accuracy) },
  { key: "parameters", label: "Parameters", numeric: true, value: (model) => model.num_parameters, cell: (model) => short(model.num_parameters) },
  { key: "pretrained", label: "Starts from", value: (model) => model.pretrained?.name },
  { key: "created", label: "Created", value: (model) => model.created_at, cell: (model) => html`<${Time} at=${model.created_at} />` },
];

/** @param {{ model: Model }} props what it is called, and the aliases and tags that it has */
function Name({ model: { id, name, aliases, tags } }) {
  return html`<span class="cell-name">
    <a href=${link(`/models/${id}`)}>${name ? html`<${Cut} text=${name} length=${60} />` : html`<code>${id}</code>`}</a>
    ${aliases.map((alias) => html`<span key=${alias} class="alias-name" title="An alias of it">${alias}</span>`)}
    <${Tags} tags=${tags} list="/models" />
  </span>`;
}
