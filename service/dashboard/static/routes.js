/**
 * Every page: the pattern of its address, and its folder below `pages/`.
 *
 * A folder has `page.js`, which exports a component `Page`, and `page.css`; both are loaded when the page is
 * first shown.
 *
 * @typedef {{ pattern: string, folder: string }} Route
 */

/** @type {Route[]} */
export const routes = [
  { pattern: "/", folder: "home" },
  { pattern: "/comparisons", folder: "comparisons" },
  { pattern: "/comparisons/new", folder: "new_comparison" },
  { pattern: "/comparisons/:id", folder: "comparison" },
  { pattern: "/jobs", folder: "jobs" },
  { pattern: "/jobs/:id", folder: "job" },
  { pattern: "/datasets", folder: "datasets" },
  { pattern: "/datasets/:name", folder: "dataset" },
  { pattern: "/models", folder: "models" },
  { pattern: "/models/:id", folder: "model" },
  { pattern: "/playground", folder: "playground" },
  { pattern: "/search", folder: "search" },
];

/** Shown where no pattern fits. */
export const notFound = { pattern: "", folder: "not_found" };
