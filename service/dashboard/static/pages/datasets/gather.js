/** One file to upload, of what was dropped or chosen: a folder, or several files, become a tar. */

import { tarOf } from "./tar.js";

/** @typedef {import("./tar.js").Entry} Entry */

/**
 * @param {FileSystemEntry[]} dropped
 * @returns {Promise<File>}
 */
export async function gatherDropped(dropped) {
  if (dropped.length === 1 && dropped[0].isFile) return fileOf(/** @type {FileSystemFileEntry} */ (dropped[0]));
  const entries = (await Promise.all(dropped.map((entry) => filesIn(entry)))).flat();
  return pack(entries, dropped.length === 1 ? dropped[0].name : "upload");
}

/**
 * @param {File[]} files a chosen file, or those of a chosen folder
 * @returns {File}
 */
export function gatherChosen(files) {
  if (files.length === 1 && !files[0].webkitRelativePath) return files[0];
  const entries = files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return pack(entries, files[0].webkitRelativePath.split("/")[0] || "upload");
}

/**
 * @param {Entry[]} entries
 * @param {string} name
 */
function pack(entries, name) {
  if (entries.length === 0) throw new Error("That folder has no files");
  return tarOf(entries, `${name}.tar`);
}

/**
 * The files of a folder and of the folders in it.
 *
 * @param {FileSystemEntry} entry
 * @returns {Promise<Entry[]>}
 */
async function filesIn(entry) {
  if (entry.isFile) return [{ path: entry.fullPath.replace(/^\//, ""), file: await fileOf(/** @type {FileSystemFileEntry} */ (entry)) }];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  for (;;) {
    const some = await /** @type {Promise<FileSystemEntry[]>} */ (new Promise((resolve, reject) => reader.readEntries(resolve, reject)));
    if (some.length === 0) break; // a browser gives a hundred at a time
    found.push(...some);
  }
  return (await Promise.all(found.map((inner) => filesIn(inner)))).flat();
}

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File>}
 */
function fileOf(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
