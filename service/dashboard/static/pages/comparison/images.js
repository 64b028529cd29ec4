/** Some of many images, and more of them when they are asked for. */

import { useEffect, useState } from "preact/hooks";

import { getJson, withQuery } from "../../api/client.js";
import { ErrorNotice, Loading } from "../../components/notices.js";
import { counted } from "../../components/formats.js";
import { html } from "../../components/html.js";

/**
 * @param {{ path: string, query: Record<string, string>, page: number, version?: number, children: (image: any) => any }} props
 *   `page` is how many are shown at once; it is loaded again when `version` changes; the child shows an image
 */
export function Images({ path, query, page, version = 0, children }) {
  const [found, setFound] = useState({ items: /** @type {any[]} */ ([]), total: -1, error: /** @type {Error | undefined} */ (undefined) });
  const address = withQuery(path, query);
  const load = async (/** @type {any[]} */ before, /** @type {AbortSignal | undefined} */ signal) => {
    const wanted = withQuery(path, { ...query, limit: page, offset: before.length });
    await getJson(wanted, { signal }).then(
      ({ items, total }) => setFound({ items: [...before, ...items], total, error: undefined }),
      (error) => signal?.aborted || setFound((state) => ({ ...state, error })),
    );
  };
  useEffect(() => {
    const controller = new AbortController();
    load([], controller.signal);
    return () => controller.abort();
  }, [address, version]);
  const { items, total, error } = found;
  if (total < 0 && !error) return html`<${Loading} />`;
  return html`
    <${ErrorNotice} error=${error} retry=${() => load(items, undefined)} />
    ${total === 0 && html`<p class="faint">None.</p>`}
    ${total > 0 && html`<ul class="images">${items.map((image) => html`<li key=${image.index}>${children(image)}</li>`)}</ul>`}
    ${total > items.length && html`<p class="below"><button class="button" data-kind="quiet" type="button" onClick=${() => load(items, undefined)}>
      ${counted(Math.min(page, total - items.length), "image")} more</button> <span class="faint numbers">${items.length} of ${total.toLocaleString("en")}</span></p>`}
  `;
}
