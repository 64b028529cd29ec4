/** JSON schema and text: what control a field has, how its values are written, what is said of its bounds. */

import { count, number } from "../../components/formats.js";

/**
 * @typedef {{ type?: string, enum?: unknown[], anyOf?: Schema[], items?: Schema, prefixItems?: Schema[], minimum?: number,
 *   maximum?: number, default?: unknown, description?: string }} Schema
 * @typedef {"choice" | "switch" | "text"} Control
 */

/**
 * @param {Schema} schema
 * @returns {Control}
 */
export function controlOf(schema) {
  if (schema.enum) return "choice";
  return schema.type === "boolean" ? "switch" : "text";
}

/**
 * A value as it is typed.
 *
 * @param {unknown} value
 */
export function toText(value) {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value) && !value.some(Array.isArray)) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * What is typed as a value; undefined: the default. What does not fit stays a text, for the API to refuse.
 *
 * @param {string} text
 * @param {Schema} schema
 * @returns {unknown}
 */
export function fromText(text, schema) {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (schema.type === "integer" || schema.type === "number") return asNumber(trimmed);
  if (schema.type === "array") return trimmed.split(/[\s,[\]]+/).filter(Boolean).map(asNumber);
  if (schema.anyOf?.some(({ type }) => type === "boolean")) return { true: true, false: false }[trimmed] ?? trimmed;
  return text;
}

/**
 * What a field may be: "1 to 1,000", "three numbers, each 1 to 512".
 *
 * @param {Schema} schema
 * @returns {string}
 */
export function boundsOf(schema) {
  if (schema.type === "array") {
    const [item] = schema.prefixItems ?? [schema.items ?? {}];
    const range = boundsOf(item);
    const many = schema.prefixItems ? `${schema.prefixItems.length} numbers` : "numbers with commas between them";
    return range ? `${many}, each ${range}` : many;
  }
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${written(minimum)} to ${written(maximum)}`;
  if (minimum !== undefined) return `at least ${written(minimum)}`;
  return maximum === undefined ? "" : `at most ${written(maximum)}`;
}

/** @param {number} value */
function written(value) {
  return Number.isInteger(value) ? count(value) : number(value);
}

/** @param {string} text */
function asNumber(text) {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}
