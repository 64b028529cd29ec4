/** What the reader has chosen of the curves, as the address has it; all charts share it. */

import { changeQuery } from "../../router.js";

const DEFAULT = "validation_accuracy,train_loss";
export const MOST = 6; // charts

/**
 * @typedef {{ metrics: string[], by: "epoch" | "seconds", smooth: number, log: boolean, range: [number, number] | null }} CurveView
 */

/**
 * @param {Record<string, string>} query
 * @returns {CurveView}
 */
export function readCurves({ metrics = DEFAULT, by, smooth, log, zoom }) {
  const [from, to] = (zoom ?? "").split("~").map(Number.parseFloat);
  return {
    metrics: metrics.split(",").filter(Boolean).slice(0, MOST),
    by: by === "seconds" ? "seconds" : "epoch",
    smooth: Math.min(0.98, Math.max(0, Number(smooth) || 0)),
    log: log === "yes",
    range: from < to ? [from, to] : null,
  };
}

/**
 * Write the zoom to the address, in as few digits as show it.
 *
 * @param {[number, number] | null} range
 */
export function zoomTo(range) {
  changeQuery({ zoom: range ? range.map((value) => Number(value.toPrecision(4))).join("~") : undefined });
}
