/** A tar of files. None is read for it: the browser reads each when it is sent. */

/** @typedef {{ path: string, file: File }} Entry */

const BLOCK = 512; // bytes
const LONGEST_NAME = 100; // bytes, in a plain header
const encoder = new TextEncoder();

/**
 * @param {Entry[]} entries
 * @param {string} name of the file that is made
 * @returns {File}
 */
export function tarOf(entries, name) {
  const parts = entries.flatMap(({ path, file }) => [...headers(path, file.size), file, padding(file.size)]);
  return new File([...parts, new Uint8Array(2 * BLOCK)], name);
}

/**
 * The header of a file; a long path stands in an extended header of its own (POSIX.1-2001, pax).
 *
 * @param {string} path
 * @param {number} size bytes
 */
function headers(path, size) {
  const name = encoder.encode(path);
  if (name.length <= LONGEST_NAME) return [header(name, size, "0")];
  const record = paxRecord(`path=${path}`);
  return [header(encoder.encode("path"), record.length, "x"), record, padding(record.length), header(name.slice(0, LONGEST_NAME), size, "0")];
}

/**
 * A header of the format ustar.
 *
 * @param {Uint8Array<ArrayBuffer>} name
 * @param {number} size bytes
 * @param {string} type `0`: a file; `x`: an extended header
 */
function header(name, size, type) {
  const block = new Uint8Array(BLOCK);
  const put = (/** @type {string} */ text, /** @type {number} */ at) => block.set(encoder.encode(text), at);
  block.set(name, 0);
  put("0000644\0", 100); // mode
  put("0000000\0", 108); // owner
  put("0000000\0", 116); // group
  put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  put("00000000000\0", 136); // time
  put("        ", 148); // the checksum is computed with spaces in its place
  put(type, 156);
  put("ustar\0" + "00", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/**
 * A record begins with its own length, the digits of that included.
 *
 * @param {string} text
 */
function paxRecord(text) {
  const rest = encoder.encode(` ${text}\n`).length;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length += 1;
  return encoder.encode(`${length} ${text}\n`);
}

/** @param {number} size what fills the last block of so many bytes */
function padding(size) {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}
