/** Requests as programs write them, for `Code`. */

/** The address of this service, whatever path it is served below. */
export const base = () => new URL(".", document.baseURI).href.replace(/\/$/, "");

/**
 * A POST of JSON.
 *
 * @param {string} path
 * @param {unknown} body
 */
export function asCurl(path, body) {
  const text = JSON.stringify(body, null, 2).replaceAll("'", String.raw`'\''`);
  return `curl -X POST ${base()}/${path} \\\n  -H 'Content-Type: application/json' \\\n  -d '${text}'`;
}

/**
 * A comparison, with the Python client.
 *
 * @param {{ dataset: string, architectures: unknown[], recipe?: object, seeds?: unknown, folds?: unknown, name?: string,
 *   priority?: unknown }} body
 */
export function asPython({ dataset, architectures, ...options }) {
  return [
    "from bakeoff import Client",
    "",
    `client = Client("${base()}")`,
    "comparison = client.create_comparison(",
    `    ${python(dataset)},`,
    `    ${python(architectures)},`,
    ...Object.entries(options).map(([name, value]) => `    ${name}=${python(value)},`),
    ")",
  ].join("\n");
}

/**
 * A JSON value as Python writes it.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function python(value) {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${python(item)}`).join(", ")}}`;
}
