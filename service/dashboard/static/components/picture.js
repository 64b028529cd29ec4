/** A picture of the API, fetched with the key; the browser forgets it when it is no longer shown. */

import { useEffect, useState } from "preact/hooks";

import { fetchBlob } from "../api/files.js";
import { html } from "./html.js";

/**
 * @param {{ path: string, alt: string, width?: number, height?: number }} props
 */
export function Picture({ path, alt, width, height }) {
  const [shown, setShown] = useState({ url: "", error: "" });
  useEffect(() => {
    const controller = new AbortController();
    let url = "";
    fetchBlob(path, controller.signal).then(
      (blob) => {
        if (controller.signal.aborted) return;
        url = URL.createObjectURL(blob);
        setShown({ url, error: "" });
      },
      (error) => controller.signal.aborted || setShown({ url: "", error: error.message }),
    );
    return () => {
      controller.abort();
      URL.revokeObjectURL(url);
    };
  }, [path]);
  if (shown.error) return html`<span class="picture" data-failed role="img" aria-label=${`${alt}: ${shown.error}`} title=${shown.error}></span>`;
  if (!shown.url) return html`<span class="picture" role="img" aria-label=${`${alt}: loading`}></span>`;
  return html`<img class="picture" src=${shown.url} alt=${alt} width=${width} height=${height} />`;
}
