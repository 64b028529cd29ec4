/** What is loaded when the reader comes near it, and not before. */

import { useEffect, useRef, useState } from "preact/hooks";

const NEAR = "300px"; // below the window

/**
 * A ref for an element, and whether it has been in or near the window.
 *
 * @returns {[import("preact").RefObject<HTMLElement | null>, boolean]}
 */
export function useSeen() {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        setSeen(true);
        observer.disconnect();
      },
      { rootMargin: NEAR },
    );
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, seen];
}
