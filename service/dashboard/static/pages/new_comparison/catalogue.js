/** Architectures to choose from: Bakeoff's own, and by search or filter the thousand of timm, page by page. */

import { usePages } from "../../api/resource.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Empty, ErrorNotice, Loading } from "../../components/notices.js";
import { useSeen } from "../../components/seen.js";
import { changeQuery } from "../../router.js";
import { Facts, Picture, firstSentence } from "./card.js";
import { useArchitecture } from "./sizes.js";

const PAGE = 12;
/** What is listed → the parameters that ask for it. */
const LISTS = /** @type {Record<string, { label: string, query: Record<string, any> }>} */ ({
  own: { label: "Bakeoff’s own", query: {} },
  all: { label: "with those of timm", query: { max_parameters: 1e15 } },
  pretrained: { label: "with pretrained weights", query: { pretrained: true } },
  small: { label: "up to 1 M parameters", query: { max_parameters: 1e6 } },
  medium: { label: "up to 10 M parameters", query: { max_parameters: 1e7 } },
  large: { label: "up to 50 M parameters", query: { max_parameters: 5e7 } },
});

/**
 * @param {{ dataset: string, chosen: string[], add: (name: string) => void, query: Record<string, string> }} props
 *   the dataset is "" where it is not ready; `query` is that of the address
 */
export function Catalogue({ dataset, chosen, add, query }) {
  const { find_architecture: search = "", list = "own" } = query;
  const { items, error, loading, more, reload } = usePages("v1/architectures", { ...LISTS[list]?.query, search, limit: PAGE });
  return html`<div class="request-catalogue">
    <${Filters} search=${search} list=${list} />
    <${ErrorNotice} error=${error} retry=${reload} />
    ${loading && items.length === 0 && html`<${Loading} />`}
    ${!loading && !error && items.length === 0 && html`<${Empty} title=${`No architecture matches “${search}”`} />`}
    <ul class="architecture-cards">
      ${items.map((architecture) => html`<${Card} key=${architecture.name} architecture=${architecture} dataset=${dataset}
        times=${chosen.filter((name) => name === architecture.name).length} add=${add} />`)}
    </ul>
    ${more && html`<p class="catalogue-more"><button class="button" type="button" onClick=${more}>Show more architectures</button></p>`}
  </div>`;
}

/** @param {{ search: string, list: string }} props */
function Filters({ search, list }) {
  const change = (/** @type {string} */ name) => (/** @type {any} */ event) => changeQuery({ [name]: event.currentTarget.value });
  return html`<div class="catalogue-bar" role="search" aria-label="Architectures">
    <label class="search request-finder"><${Icon} name="search" /><span class="visually-hidden">Search all architectures, those of timm too</span>
      <input type="search" value=${search} maxlength="100" placeholder="Search, timm too: resnet" onInput=${change("find_architecture")} /></label>
    <label class="catalogue-list"><span class="hint">Show</span>
      <select onChange=${change("list")}>
        ${Object.entries(LISTS).map(([name, { label }]) => html`<option key=${name} value=${name} selected=${name === list}>${label}</option>`)}
      </select></label>
  </div>`;
}

/**
 * @param {{ architecture: import("./card.js").Architecture, dataset: string, times: number, add: (name: string) => void }} props
 */
function Card({ architecture, dataset, times, add }) {
  const { name, description, pretrained } = architecture;
  const [element, seen] = useSeen();
  const sized = useArchitecture(name, dataset, seen && dataset !== "");
  const size = sized.data?.size;
  return html`<li class="architecture-card panel" ref=${element} data-chosen=${times > 0}>
    <${Picture} name=${name} dataset=${dataset} architecture=${sized} />
    <h3><bdi>${name}</bdi></h3>
    <p class="architecture-about">${firstSentence(description)}</p>
    <${Facts} parameters=${size?.num_parameters ?? architecture.num_parameters} flops=${size?.flops} dataset=${size?.dataset} pretrained=${pretrained} />
    <p class="architecture-add">
      <button class="button" type="button" aria-label=${`${times ? "Add again" : "Add"}: ${name}`} onClick=${() => add(name)}>${times ? "Add again" : "Add"}</button>
      ${times > 0 && html`<span class="status" data-status="succeeded"><${Icon} name="succeeded" />${times > 1 ? `added ${times} times` : "added"}</span>`}
    </p>
  </li>`;
}
