/** What the request would cost, asked for as it is edited; its refusals are those that the comparison would meet. */

import { useEffect, useState } from "preact/hooks";

import { sendJson } from "../../api/client.js";
import { restored } from "../../state/connection.js";

const PAUSE = 350; // milliseconds after the last change

/**
 * @param {object | null} body of POST /v1/comparisons; null: it is not whole yet
 * @returns {{ cost: any, error: Error | undefined }} of the body as it was when it was last asked for
 */
export function useCost(body) {
  const text = body && JSON.stringify(body);
  const [state, setState] = useState({ cost: /** @type {any} */ (null), error: /** @type {Error | undefined} */ (undefined) });
  useEffect(() => {
    const controller = new AbortController();
    if (text === null) setState({ cost: null, error: undefined });
    const ask = () =>
      sendJson("POST", "v1/comparisons/cost", JSON.parse(String(text)), { signal: controller.signal }).then(
        (cost) => controller.signal.aborted || setState({ cost, error: undefined }),
        (error) => controller.signal.aborted || setState({ cost: null, error }),
      );
    const timer = text === null ? undefined : setTimeout(ask, PAUSE);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text, restored.value]);
  return state;
}
