/** The area to draw on, in the colours of the dataset; what is drawn is told while the pen moves and when it is lifted. */

import { useEffect, useRef } from "preact/hooks";

import { html } from "../../components/html.js";
import { draw } from "./strokes.js";

/**
 * @typedef {import("./strokes.js").Stroke} Stroke
 * @typedef {import("./look.js").Look} Look
 */

const WIDTH = 560; // pixels of the canvas, which is shown smaller
const PAUSE = 40; // milliseconds between two drafts

/**
 * @param {{ strokes: Stroke[], look: Look, pen: number, onDraw: (strokes: Stroke[], isDraft: boolean) => void }} props
 *   `pen` is the width of the pen where the area is 1 wide
 */
export function Drawing({ strokes, look, pen, onDraw }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const newest = useRef(strokes); // with the points that have not been told yet
  const isDown = useRef(false);
  if (!isDown.current) newest.current = strokes;
  const paint = () => canvas.current && repaint(canvas.current, newest.current, look, pen);
  useEffect(() => void paint(), [strokes, look, pen]);
  const handlers = usePen({ newest, isDown, paint, onDraw });
  const height = Math.round((WIDTH * look.height) / look.width);
  return html`<canvas class="drawing" ref=${canvas} width=${WIDTH} height=${height} role="img" ...${handlers}
    aria-label="Drawing area for a mouse, a pen or a finger; with the keyboard, choose a test image or a file instead"></canvas>`;
}

/**
 * Handlers that make strokes of what a mouse, a pen or a finger does.
 *
 * @param {{ newest: { current: Stroke[] }, isDown: { current: boolean }, paint: () => void, onDraw: (strokes: Stroke[], isDraft: boolean) => void }} drawing
 */
function usePen({ newest, isDown, paint, onDraw }) {
  const timer = useRef(0);
  const tell = (/** @type {boolean} */ isDraft) => {
    clearTimeout(timer.current);
    timer.current = 0;
    onDraw([...newest.current], isDraft);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const down = (/** @type {PointerEvent} */ event) => {
    if (event.button !== 0) return;
    isDown.current = true;
    /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
    newest.current = [...newest.current, [pointOf(event)]];
    paint();
  };
  const move = (/** @type {PointerEvent} */ event) => {
    if (!(event.buttons & 1)) isDown.current = false; // lifted where the page did not see it, as over a dialog
    if (!isDown.current) return;
    const events = event.getCoalescedEvents?.() ?? [];
    const stroke = newest.current[newest.current.length - 1];
    stroke.push(...(events.length ? events : [event]).map((each) => pointOf(each, /** @type {HTMLElement} */ (event.currentTarget))));
    paint();
    timer.current ||= setTimeout(() => tell(true), PAUSE);
  };
  const up = () => {
    if (!isDown.current) return;
    isDown.current = false;
    tell(false);
  };
  return { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up };
}

/**
 * Where a pointer is; the area is 1 wide.
 *
 * @param {PointerEvent} event
 * @param {HTMLElement} [area]
 */
function pointOf(event, area = /** @type {HTMLElement} */ (event.currentTarget)) {
  const { left, top, width } = area.getBoundingClientRect();
  return { x: (event.clientX - left) / width, y: (event.clientY - top) / width };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Stroke[]} strokes
 * @param {Look} look
 * @param {number} pen
 */
function repaint(canvas, strokes, look, pen) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = `rgb(${look.ground.join(" ")})`;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(canvas.width, canvas.width);
  draw(context, strokes, pen, `rgb(${look.ink.join(" ")})`);
}
