/** The columns of the leaderboard: what each is, how it is written, and how a difference to the baseline is. */

import { bytes, count, duration, number, percent, points, short, spread } from "../../components/formats.js";

/** @typedef {import("bakeoff-api").LeaderboardRow} Row */

/**
 * @typedef {object} Measure
 * @property {keyof Row} key
 * @property {string} label
 * @property {string} [hint]
 * @property {(value: number | null) => string} write
 * @property {(estimate: any) => string} [spread] mean and standard deviation
 * @property {(value: number, base: number) => string} compare
 * @property {boolean} [extra] shown when it is asked for
 * @property {keyof Row["pareto"]} [pareto] the cost whose front this is
 */

const inPoints = (/** @type {number} */ value, /** @type {number} */ base) => `${points(value - base)} points`;
const asFactor = (/** @type {number} */ value, /** @type {number} */ base) => (base ? `× ${number(value / base)}` : "");
const asDifference = (/** @type {number} */ value, /** @type {number} */ base) => `${value < base ? "−" : "+"}${number(Math.abs(value - base))}`;

const share = { write: percent, spread: (/** @type {any} */ { mean, std }) => spread(mean, std), compare: inPoints };
const plain = { write: number, compare: asDifference };
const seconds = { write: duration, compare: asFactor };
const amount = { write: short, compare: asFactor };

/** @type {Measure[]} */
export const MEASURES = [
  { key: "test_accuracy", label: "Test accuracy", ...share },
  { key: "test_loss", label: "Test loss", ...plain },
  { key: "ece", label: "ECE", hint: "Expected calibration error", ...share },
  { key: "train_seconds", label: "Training", hint: "Seconds of training alone", pareto: "train_seconds", ...seconds },
  { key: "latency_p50_batch_1", label: "Latency", hint: "Median of one image", pareto: "latency_p50_batch_1", ...seconds },
  { key: "num_parameters", label: "Parameters", pareto: "num_parameters", ...amount },
  { key: "flops", label: "FLOPs", hint: "Forward pass of one image", pareto: "flops", ...amount },
  { key: "n", label: "n", hint: "Trainings that have succeeded", write: count, compare: () => "" },
  { key: "train_accuracy", label: "Train accuracy", extra: true, ...share },
  { key: "validation_accuracy", label: "Validation accuracy", extra: true, ...share },
  { key: "balanced_accuracy", label: "Balanced accuracy", extra: true, ...share },
  { key: "generalisation_gap", label: "Gap", hint: "Train accuracy minus test accuracy", extra: true, ...share },
  { key: "macro_f1", label: "Macro F1", extra: true, ...share },
  { key: "macro_auc", label: "Macro AUC", extra: true, ...plain },
  { key: "brier", label: "Brier", extra: true, ...plain },
  { key: "best_epoch", label: "Best epoch", extra: true, ...plain },
  { key: "images_per_second", label: "Images/s", extra: true, ...amount },
  { key: "latency_p50_batch_64", label: "Latency of 64", hint: "Median of a batch of 64 images", extra: true, ...seconds },
  { key: "model_bytes", label: "Size", write: bytes, compare: asFactor, extra: true },
];

/**
 * What a row has: its mean, or the number itself.
 *
 * @param {Row} row
 * @param {keyof Row} key
 * @returns {number | null}
 */
export function valueOf(row, key) {
  const value = /** @type {any} */ (row[key]);
  return typeof value === "object" && value !== null ? value.mean : value;
}

/**
 * The estimate of a row: null where the column has none, since it is the same in every training.
 *
 * @param {Row} row
 * @param {keyof Row} key
 * @returns {{ mean: number | null, low?: number | null, high?: number | null } | null}
 */
export function estimateOf(row, key) {
  const value = /** @type {any} */ (row[key]);
  return typeof value === "object" ? value : null;
}
