/** The size of an architecture on a dataset. */

import { withQuery } from "../../api/client.js";
import { useResource } from "../../api/resource.js";

/**
 * The architecture with its `size`; without a dataset it has none.
 *
 * @param {string} name
 * @param {string} dataset "" for none
 * @param {boolean} isWanted
 */
export function useArchitecture(name, dataset, isWanted = true) {
  const path = `v1/architectures/${name.split("/").map(encodeURIComponent).join("/")}`;
  return useResource(isWanted ? withQuery(path, { dataset }) : null);
}
