/** The camera: asked for when the reader turns it on, off when this page is left; its pictures are told several times a second. */

import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../../components/html.js";
import { ErrorNotice, Loading } from "../../components/notices.js";

const SIDE = 320; // pixels of a picture
const PAUSE = 250; // milliseconds between two pictures

/** Why there is no picture, by the name of the browser's error. */
const REASONS = /** @type {Record<string, string>} */ ({
  NotFoundError: "this device has no camera",
  NotAllowedError: "the browser does not allow this page to use the camera; allow it beside its address, then turn the camera on again",
  NotReadableError: "the camera does not answer; another program may be using it",
});

/**
 * @param {{ onPicture: (picture: Blob, isDraft: boolean) => void, onClose: () => void }} props
 */
export function Camera({ onPicture, onClose }) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const tell = useRef(onPicture);
  tell.current = onPicture;
  const [state, setState] = useState({ isOn: false, error: /** @type {Error | undefined} */ (undefined) });
  useEffect(() => {
    const controller = new AbortController();
    turnOn(controller.signal).then(
      (stream) => {
        if (controller.signal.aborted || !video.current) return;
        video.current.srcObject = stream;
        setState({ isOn: true, error: undefined });
      },
      (error) => controller.signal.aborted || setState({ isOn: false, error: new Error(reasonOf(error)) }),
    );
    return () => controller.abort();
  }, []);
  useEffect(() => {
    if (!state.isOn) return undefined;
    let isOn = true;
    const show = (/** @type {Blob | null} */ picture) => isOn && picture && tell.current(picture, true);
    const timer = setInterval(() => document.hidden || take(video.current).then(show), PAUSE);
    return () => {
      isOn = false;
      clearInterval(timer);
    };
  }, [state.isOn]);
  const keep = async () => {
    const picture = await take(video.current);
    if (picture) onPicture(picture, false);
  };
  return html`<div class="camera">
    ${!state.isOn && !state.error && html`<${Loading} label="Waiting for the camera" />`}
    <video ref=${video} class="stage-picture" hidden=${!state.isOn} autoplay playsinline muted aria-label="What the camera sees"></video>
    <${ErrorNotice} error=${state.error} />
    <div class="input-actions">
      ${state.isOn && html`<button class="button" data-kind="primary" type="button" onClick=${keep}>Keep this picture</button>`}
      <button class="button" type="button" onClick=${onClose}>${state.isOn ? "Turn off" : "Close"}</button>
    </div>
  </div>`;
}

/**
 * The stream of the camera; it ends when the signal aborts.
 *
 * @param {AbortSignal} signal
 */
async function turnOn(signal) {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error(withoutCameras());
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 640, facingMode: "environment" } });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return stream;
}

function withoutCameras() {
  if (isSecureContext) return "this browser has no access to cameras";
  return "browsers give pages the camera over HTTPS, or on the machine itself, and this page came over plain HTTP";
}

/** @param {Error} error */
function reasonOf({ name, message }) {
  return REASONS[name] ?? message;
}

/**
 * The middle of what the camera sees, as a square JPEG; null before it has seen anything.
 *
 * @param {HTMLVideoElement | null} video
 * @returns {Promise<Blob | null>}
 */
async function take(video) {
  if (!video?.videoWidth) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const { videoWidth: width, videoHeight: height } = video;
  const side = Math.min(width, height);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
}
