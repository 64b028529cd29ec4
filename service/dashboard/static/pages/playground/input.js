/** The picture: drawn, taken by the camera, a file, or a test image. */

import { useState } from "preact/hooks";

import { html } from "../../components/html.js";
import { ErrorNotice } from "../../components/notices.js";
import { changeQuery } from "../../router.js";
import { Camera } from "./camera.js";
import { Drawing } from "./drawing.js";
import { ChooseFile, useDropAndPaste } from "./files.js";
import { PenSettings, standardPen } from "./pen.js";
import { pictureOfDrawing, pictureOfFile, whyNot } from "./picture.js";
import { Seen } from "./seen.js";
import { Still } from "./still.js";
import { TestImages, useTestImage } from "./test_images.js";

/**
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("./picture.js").Model} Model
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./strokes.js").Stroke} Stroke
 */

/**
 * @param {{ models: Model[], lookFor: (model: Model) => Look, picture: Picture | null,
 *   onPicture: (picture: Picture | null) => void, query: Record<string, string> }} props at least one model
 */
export function Input({ models, lookFor, picture, onPicture, query }) {
  const [first] = models;
  const look = lookFor(first);
  const [strokes, setStrokes] = useState(/** @type {Stroke[]} */ ([]));
  const [hasCamera, setHasCamera] = useState(false);
  const [problem, setProblem] = useState("");
  const [width, setWidth] = useState(standardPen(look));
  const pen = look.isLineArt ? look.pen / look.width : width;
  const show = (/** @type {Picture | null} */ next, { image = "", camera = false } = {}) => {
    setProblem("");
    setHasCamera(camera);
    if (next?.source !== "drawing") setStrokes([]);
    if (image !== (query.image ?? "")) changeQuery({ image });
    onPicture(next);
  };
  const drawn = (/** @type {Stroke[]} */ next, /** @type {boolean} */ isDraft) => {
    setStrokes(next);
    show(next.length ? pictureOfDrawing(next, { pen, isDraft, lookFor }) : null);
  };
  const taken = (/** @type {Blob} */ file, /** @type {boolean} */ isDraft) =>
    show(pictureOfFile(file, { source: "camera", name: "picture of the camera", isDraft }), { camera: isDraft });
  const given = (/** @type {File | undefined} */ file) => {
    const reason = file ? whyNot(file) : "there is no image file in it";
    if (file && !reason) show(pictureOfFile(file, { source: "file", name: file.name }));
    else setProblem(reason);
  };
  const isOver = useDropAndPaste(given);
  const missing = useTestImage(first.dataset, query.image, ({ index, label }, file) =>
    show(pictureOfFile(file, { source: "dataset", name: `test image ${index}`, label }), { image: String(index) }),
  );
  const still = picture && picture.source !== "drawing" && !hasCamera ? picture : null;
  const stage = hasCamera
    ? html`<${Camera} onPicture=${taken} onClose=${() => show(null)} />`
    : still
      ? html`<${Still} picture=${still} />`
      : html`<${Drawing} strokes=${strokes} look=${look} pen=${pen} onDraw=${drawn} />`;
  return html`<section class="input panel" aria-label="Picture" data-over=${isOver}>
    ${stage}
    ${!hasCamera && html`<div class="input-actions">
      ${still
        ? html`<button class="button" type="button" onClick=${() => show(null)}>Draw instead</button>`
        : html`<button class="button" type="button" disabled=${!strokes.length} onClick=${() => drawn([], false)}>Clear</button>
          <button class="button" type="button" disabled=${!strokes.length} onClick=${() => drawn(strokes.slice(0, -1), false)}>Undo</button>`}
      <${ChooseFile} onFile=${given} />
      <button class="button" type="button" onClick=${() => show(null, { camera: true })}>Camera</button>
    </div>`}
    <${ErrorNotice} error=${problem ? new Error(problem) : missing} />
    ${!still && !hasCamera && html`<${PenSettings} look=${look} width=${width} onWidth=${setWidth} />`}
    <p class="faint">${isOver ? "Drop the image" : "Draw, or drop or paste an image anywhere on this page."}</p>
    <${Seen} strokes=${strokes} models=${models} lookFor=${lookFor} pen=${pen} />
    <${TestImages} dataset=${first.dataset} classes=${first.classes} chosen=${query.image} onChoose=${(/** @type {number} */ index) => changeQuery({ image: String(index) })} />
  </section>`;
}
