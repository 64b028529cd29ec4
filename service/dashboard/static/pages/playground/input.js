/** The picture: drawn, taken by the camera, a file, or a test image. */

import { useEffect, useState } from "preact/hooks";

import { html } from "../../components/html.js";
import { ErrorNotice } from "../../components/notices.js";
import { changeQuery } from "../../router.js";
import { Camera } from "./camera.js";
import { Drawing } from "./drawing.js";
import { ChooseFile, useDropAndPaste } from "./files.js";
import { pictureOfDrawing, pictureOfFile, whyNot } from "./picture.js";
import { Seen } from "./seen.js";
import { Adapt, isAdapted, PenWidth, standardPen } from "./settings.js";
import { Still } from "./still.js";
import { useTestImage } from "./test_images.js";

/**
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("./picture.js").Model} Model
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./strokes.js").Stroke} Stroke
 * @typedef {{ models: Model[], lookFor: (model: Model) => Look, picture: Picture | null,
 *   onPicture: (picture: Picture | null) => void, query: Record<string, string> }} Props at least one model
 */

/** @param {Props} props */
export function Input(props) {
  const { models, lookFor, picture, query } = props;
  const [first] = models;
  const look = lookFor(first);
  const { strokes, pen, setWidth, hasCamera, problem, drawn, taken, given, cleared } = usePictures(props, look);
  const isOver = useDropAndPaste(given);
  const still = !hasCamera && picture?.file ? picture : null;
  const source = hasCamera ? "camera" : still?.source;
  return html`<section class="input panel" aria-label="Picture" data-over=${isOver}>
    ${hasCamera && html`<${Camera} onPicture=${taken} onClose=${() => cleared(false)} />`}
    ${still && html`<${Still} picture=${still} />`}
    ${!source && html`<${Drawing} strokes=${strokes} look=${look} pen=${pen} onDraw=${drawn} />`}
    ${!hasCamera && html`<div class="input-actions">
      ${still
        ? html`<button class="button" type="button" onClick=${() => cleared(false)}>Draw instead</button>`
        : html`<button class="button" type="button" disabled=${!strokes.length} onClick=${() => drawn([], false)}>Clear</button>
          <button class="button" type="button" disabled=${!strokes.length} onClick=${() => drawn(strokes.slice(0, -1), false)}>Undo</button>`}
      <${ChooseFile} onFile=${given} />
      <button class="button" type="button" onClick=${() => cleared(true)}>Camera</button>
    </div>`}
    <${ErrorNotice} error=${problem} />
    ${!source && !look.isLineArt && html`<${PenWidth} width=${pen} onWidth=${setWidth} />`}
    ${source && source !== "dataset" && look.isLineArt && html`<${Adapt} source=${source} query=${query} />`}
    ${!source && html`<p class="faint">${isOver ? "Drop the image." : "Draw, or drop or paste an image anywhere on this page."}</p>`}
    <${Seen} picture=${picture} models=${models} />
  </section>`;
}

/**
 * The ways to a picture: `drawn`, `taken` by the camera, `given` as a file, or `cleared`, for a drawing or for the camera.
 *
 * @param {Props} props
 * @param {Look} look of the first model's dataset
 */
function usePictures({ models, lookFor, picture, onPicture, query }, look) {
  const [strokes, setStrokes] = useState(/** @type {Stroke[]} */ ([]));
  const [width, setWidth] = useState(standardPen(look));
  const [hasCamera, setHasCamera] = useState(false);
  const [problem, setProblem] = useState(/** @type {Error | undefined} */ (undefined));
  const pen = look.isLineArt ? look.pen / look.width : width;
  const show = (/** @type {Picture | null} */ next, { image = "", camera = false } = {}) => {
    setProblem(undefined);
    setHasCamera(camera);
    if (next?.source !== "drawing") setStrokes([]);
    if (image !== (query.image ?? "")) changeQuery({ image });
    onPicture(next);
  };
  const cleared = (/** @type {boolean} */ camera) => show(null, { camera });
  const drawn = (/** @type {Stroke[]} */ next, /** @type {boolean} */ isDraft) => {
    setStrokes(next);
    show(next.length ? pictureOfDrawing(next, { pen, isDraft, lookFor }) : null);
  };
  const looksFor = (/** @type {import("./picture.js").Source} */ source) => (isAdapted(source, query) ? lookFor : undefined);
  const taken = (/** @type {Blob} */ file, /** @type {boolean} */ isDraft) =>
    show(pictureOfFile(file, { source: "camera", name: "What the camera saw", isDraft, lookFor: looksFor("camera") }), { camera: isDraft });
  const given = (/** @type {File | undefined} */ file) => {
    const reason = file ? whyNot(file) : "there is no image file in it";
    if (!file || reason) setProblem(new Error(reason));
    else show(pictureOfFile(file, { source: "file", name: file.name, lookFor: looksFor("file") }));
  };
  const missing = useTestImage(models[0].dataset, query.image, ({ index, label }, file) =>
    show(pictureOfFile(file, { source: "dataset", name: `Test image ${index}`, label }), { image: String(index) }),
  );
  useEffect(() => {
    if (strokes.length) drawn(strokes, false);
  }, [lookFor, width]);
  useEffect(() => {
    if (picture?.file && picture.source !== "dataset") show(pictureOfFile(picture.file, { ...picture, lookFor: looksFor(picture.source) }), { camera: hasCamera });
  }, [query.adapt]);
  return { strokes, pen, setWidth, hasCamera, problem: problem ?? missing, drawn, taken, given, cleared };
}
