/** What came of a job: of a training the numbers with their evidence, of any other kind whatever it found. */

import { bytes, count, duration, number, percent, short } from "../../components/formats.js";
import { html } from "../../components/html.js";
import { Section } from "../../components/page.js";
import { Facts, Values } from "./facts.js";

/** @param {{ job: import("bakeoff-api").JobDocument }} props */
export function Result({ job: { kind, result } }) {
  if (!result) return null;
  if (kind !== "train") return html`<${Section} title="Result"><div class="panel job-panel"><${Values} values=${result} /></div></${Section}>`;
  return html`<${Section} title="Result"><div class="panel job-panel"><${Facts} facts=${numbers(result)} /></div></${Section}>
    <${Section} title="Computed with"><div class="panel job-panel"><${Facts} facts=${evidence(result)} /></div></${Section}>`;
}

/**
 * @param {any} result
 * @returns {[string, string | null][]}
 */
function numbers(result) {
  return [
    ["Test accuracy", `${percent(result.test.accuracy, 2)} of ${count(result.test.images)} images`],
    ["Validation accuracy", percent(result.validation.accuracy, 2)],
    ["Train accuracy", percent(result.train.accuracy, 2)],
    ["Test loss", number(result.test.loss)],
    ["Balanced accuracy", result.balanced_accuracy == null ? null : percent(result.balanced_accuracy, 2)],
    ["Macro F1", known(result.macro_f1)],
    ["Macro AUC", known(result.macro_auc)],
    ["Calibration error", known(result.ece)],
    ["Brier score", known(result.brier)],
    ["Parameters", count(result.num_parameters)],
    ["FLOPs of an image", short(result.flops)],
    ["Weights", bytes(result.model_bytes)],
    ["Epochs", `${result.epochs}, best ${result.best_epoch}${result.stopped_early ? ", stopped early" : ""}`],
    ["Time of training", duration(result.train_seconds)],
    ["Speed", `${count(result.images_per_second)} images/s`],
  ];
}

/**
 * @param {any} result
 * @returns {[string, string | null][]}
 */
function evidence(result) {
  return [
    ["Device", [result.device, result.device_name].filter(Boolean).join(": ")],
    ["Precision", result.precision],
    ["Why this precision", result.precision_reason ?? null],
    ["Threads", count(result.threads)],
    ["Peak memory", bytes(result.peak_memory_bytes)],
    ["Peak memory of the device", result.peak_device_memory_bytes ? bytes(result.peak_device_memory_bytes) : null],
    ...Object.entries(result.versions ?? {}).map(([library, version]) => /** @type {[string, string]} */ ([library, String(version)])),
  ];
}

/** @param {number | null | undefined} value */
function known(value) {
  return value == null ? null : number(value);
}
