/** Files that are dropped on the page, which a browser would otherwise open in its place. */

import { useEffect, useRef, useState } from "preact/hooks";

/**
 * Take what is dropped anywhere on the page while the component is shown.
 *
 * @param {(data: DataTransfer) => void} onData
 * @returns {boolean} whether something is held over the page
 */
export function useDropped(onData) {
  const [isOver, setIsOver] = useState(false);
  const latest = useRef(onData);
  latest.current = onData;
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const hold = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
      setIsOver(true);
    };
    const take = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setIsOver(false);
      if (event.dataTransfer) latest.current(event.dataTransfer);
    };
    addEventListener("dragover", hold, { signal });
    addEventListener("dragleave", (event) => event.relatedTarget === null && setIsOver(false), { signal });
    addEventListener("drop", take, { signal });
    return () => controller.abort();
  }, []);
  return isOver;
}
