/** The rows of a table as the reader wants them: found, sorted, and one page of them. */

/**
 * @template Row
 * @param {Row[]} rows
 * @param {import("./table.js").Column<Row>[]} columns
 * @param {{ sort: string, find: string, page: number }} view
 * @param {number} perPage
 * @returns {{ found: number, page: Row[], pages: number }}
 */
export function arrange(rows, columns, view, perPage) {
  const found = sorted(search(rows, columns, view.find), columns, view.sort);
  const pages = Math.max(1, Math.ceil(found.length / perPage));
  const start = (Math.min(view.page, pages) - 1) * perPage;
  return { found: found.length, page: found.slice(start, start + perPage), pages };
}

/**
 * The rows in which every word occurs somewhere.
 *
 * @template Row
 * @param {Row[]} rows
 * @param {import("./table.js").Column<Row>[]} columns
 * @param {string} find
 */
function search(rows, columns, find) {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = columns.map((column) => column.value(row) ?? "").join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/**
 * Rows without a value stand last, whatever the direction.
 *
 * @template Row
 * @param {Row[]} rows
 * @param {import("./table.js").Column<Row>[]} columns
 * @param {string} sort key of a column, with a minus before it for downwards
 */
function sorted(rows, columns, sort) {
  const column = columns.find(({ key }) => key === sort.replace(/^-/, ""));
  if (!column) return rows;
  const sign = sort.startsWith("-") ? -1 : 1;
  return rows.toSorted((first, second) => {
    const [left, right] = [column.value(first), column.value(second)];
    if (left == null || right == null) return Number(left == null) - Number(right == null);
    if (typeof left === "number" && typeof right === "number") return sign * (left - right);
    return sign * collator.compare(String(left), String(right));
  });
}

const collator = new Intl.Collator("en", { numeric: true });
