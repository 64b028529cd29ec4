/** Numbers in words, alike on every page. A thin space stands between a number and its unit. */

const GAP = "\u202f";
export const NONE = "–"; // what is not known

/**
 * A share as percent: 0.9817 → 98.2 %.
 *
 * @param {number | null | undefined} share
 * @param {number} [digits] after the point
 */
export function percent(share, digits = 1) {
  return share == null ? NONE : `${(100 * share).toFixed(digits)}${GAP}%`;
}

/**
 * A mean of shares and their standard deviation: 84.0 ± 0.2 %.
 *
 * @param {number | null | undefined} mean
 * @param {number | null | undefined} std null: not known, as of one training
 */
export function spread(mean, std) {
  return mean == null || std == null ? percent(mean) : `${(100 * mean).toFixed(1)} ± ${percent(std)}`;
}

/**
 * A difference of shares in points, with its sign: 0.013 → +1.3.
 *
 * @param {number} difference
 */
export function points(difference) {
  const text = (100 * Math.abs(difference)).toFixed(1);
  return `${difference < 0 ? "−" : "+"}${text}`;
}

/**
 * A loss or a rate with three digits that count: 0.04219 → 0.0422.
 *
 * @param {number | null | undefined} value
 */
export function number(value) {
  if (value == null || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 100_000) ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

/**
 * A whole number with its thousands apart: 60,000.
 *
 * @param {number | null | undefined} value
 */
export function count(value) {
  return value == null ? NONE : Math.round(value).toLocaleString("en");
}

/**
 * A large number shortened: 1,234,567 → 1.23 M.
 *
 * @param {number | null | undefined} value
 */
export function short(value) {
  return scaled(value, 1000, ["", "k", "M", "G", "T"]);
}

/**
 * A size: 1,500,000 → 1.50 MB.
 *
 * @param {number | null | undefined} value
 */
export function bytes(value) {
  return scaled(value, 1000, ["B", "kB", "MB", "GB", "TB"]);
}

/**
 * A duration in its two largest units: 200 → 3 min 20 s.
 *
 * @param {number | null | undefined} seconds
 */
export function duration(seconds) {
  if (seconds == null) return NONE;
  if (seconds < 0.001) return `${Number((1_000_000 * seconds).toPrecision(2))}${GAP}µs`;
  if (seconds < 1) return `${Number((1000 * seconds).toPrecision(2))}${GAP}ms`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)}${GAP}s`;
  const whole = Math.round(seconds);
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  if (hours === 0) return joined(minutes, "min", whole % 60, "s");
  return hours < 48 ? joined(hours, "h", minutes % 60, "min") : joined(Math.floor(hours / 24), "d", hours % 24, "h");
}

/**
 * How many there are: 1 seed, 3 seeds.
 *
 * @param {number} number
 * @param {string} noun in the singular
 * @param {string} [nouns] where the plural is another word than the noun with an s
 */
export function counted(number, noun, nouns = `${noun}s`) {
  return `${count(number)} ${number === 1 ? noun : nouns}`;
}

/** A name of the API in words: batch_size → Batch size. @param {string} name */
export function inWords(name) {
  const words = name.replace(/^num_/, "number_of_").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * @param {number | null | undefined} value
 * @param {number} base
 * @param {string[]} units
 */
function scaled(value, base, units) {
  if (value == null) return NONE;
  let index = 0;
  while (Math.abs(value) >= base && index < units.length - 1) {
    value /= base;
    index += 1;
  }
  const text = index === 0 ? String(Math.round(value)) : value.toPrecision(3);
  return units[index] ? `${text}${GAP}${units[index]}` : text;
}

/**
 * @param {number} large
 * @param {string} largeUnit
 * @param {number} small
 * @param {string} smallUnit
 */
function joined(large, largeUnit, small, smallUnit) {
  return `${large}${GAP}${largeUnit}${small ? ` ${small}${GAP}${smallUnit}` : ""}`;
}
