/** The size of an architecture on a dataset, asked for when its card comes into view. */

import { useEffect, useRef, useState } from "preact/hooks";

import { withQuery } from "../../api/client.js";
import { useResource } from "../../api/resource.js";

/**
 * The architecture with its `size`; a dataset that is not ready has none.
 *
 * @param {string} name
 * @param {string} dataset "" for no size
 * @param {boolean} isWanted
 */
export function useArchitecture(name, dataset, isWanted = true) {
  const path = `v1/architectures/${name.split("/").map(encodeURIComponent).join("/")}`;
  return useResource(isWanted ? withQuery(path, { dataset }) : null);
}

/** An element, and whether it has been in view. */
export function useSeen() {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      setSeen(true);
      observer.disconnect();
    });
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, seen };
}
