/** The score interval of a share (Wilson 1927), as the model card has it. */

const Z = 1.959964; // of 95 %

/**
 * @param {number} share of `number` independent trials, from 0 to 1
 * @param {number} number
 * @returns {[number, number]} its ends
 */
export function wilson(share, number) {
  const square = (Z * Z) / number;
  const centre = (share + square / 2) / (1 + square);
  const half = (Z * Math.sqrt((share * (1 - share)) / number + square / (4 * number))) / (1 + square);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
