/** What the form asks for. The address holds all of it, so that a link to the page is a link to the filled form. */

/**
 * @typedef {{ name: string, label?: string, options?: Record<string, unknown> }} Entry an architecture
 * @typedef {object} Request
 * @property {string} dataset "": none is chosen yet
 * @property {Entry[]} architectures
 * @property {Record<string, unknown>} recipe the fields that were chosen; all others are at their default
 * @property {string} seeds as typed, like `folds` and `priority`; "": the default
 * @property {string} folds
 * @property {string} priority
 * @property {string} name
 */

/** The fields that the address holds as they are typed. */
const TEXTS = /** @type {const} */ (["dataset", "seeds", "folds", "priority", "name"]);

/**
 * @param {Record<string, string>} query
 * @returns {Request}
 */
export function readRequest(query) {
  const [dataset, seeds, folds, priority, name] = TEXTS.map((field) => query[field] ?? "");
  const entries = parse(query.architectures);
  const recipe = parse(query.recipe);
  return {
    dataset,
    seeds,
    folds,
    priority,
    name,
    architectures: Array.isArray(entries) ? entries.map(asEntry).filter(({ name }) => name) : [],
    recipe: isObject(recipe) ? recipe : {},
  };
}

/**
 * The parameters of the address that change with some fields of the request.
 *
 * @param {Partial<Request>} changes
 * @returns {Record<string, string | undefined>}
 */
export function asQuery({ architectures, recipe, ...texts }) {
  /** @type {Record<string, string | undefined>} */
  const query = { ...texts };
  if (architectures) query.architectures = architectures.length ? JSON.stringify(architectures.map(shortened)) : undefined;
  if (recipe) query.recipe = Object.keys(recipe).length ? JSON.stringify(recipe) : undefined;
  return query;
}

/**
 * The body of POST /v1/comparisons; what is at its default is left out.
 *
 * @param {Request} request
 */
export function asBody({ dataset, architectures, recipe, seeds, folds, priority, name }) {
  return {
    ...(name && { name }),
    dataset,
    architectures: architectures.map(shortened),
    ...(Object.keys(recipe).length > 0 && { recipe }),
    ...(seeds && { seeds: asSeeds(seeds) }),
    ...(folds && { folds: asNumber(folds) }),
    ...(priority && { priority: asNumber(priority) }),
  };
}

/**
 * "3" → 3; "0, 5" → [0, 5]; "[5]" → [5]; what is no number stays, for the API to refuse.
 *
 * @param {string} text
 */
export function asSeeds(text) {
  if (!/[,[\]]/.test(text)) return asNumber(text);
  return text.split(/[\s,[\]]+/).filter(Boolean).map(asNumber);
}

/**
 * The same the other way round.
 *
 * @param {number[]} seeds
 */
export function seedsAsText(seeds) {
  if (seeds.every((seed, index) => seed === index)) return String(seeds.length);
  return seeds.length === 1 ? `[${seeds[0]}]` : seeds.join(", ");
}

/**
 * Whether two values are the same as JSON, in whatever order their fields are.
 *
 * @param {unknown} left
 * @param {unknown} right
 * @returns {boolean}
 */
export function same(left, right) {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, index) => same(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys({ ...left, ...right });
  return keys.every((key) => same(/** @type {any} */ (left)[key], /** @type {any} */ (right)[key]));
}

/** @param {string} text */
function asNumber(text) {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? value : text;
}

/** @param {unknown} value @returns {Entry} */
function asEntry(value) {
  const given = isObject(value) ? value : { name: value };
  const { name, label, options } = /** @type {any} */ (given);
  return {
    name: typeof name === "string" ? name : "",
    ...(typeof label === "string" && label && { label }),
    ...(isObject(options) && Object.keys(options).length > 0 && { options }),
  };
}

/** A name alone where there is nothing else to say. @param {Entry} entry */
function shortened(entry) {
  const tidied = asEntry(entry);
  return tidied.label || tidied.options ? tidied : tidied.name;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {string | undefined} text of an address, which people may have written */
function parse(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
