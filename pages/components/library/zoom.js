// How a picture lies on its stage: `zoom` is 1 where it fits, x and y move its middle in pixels.

export const FIT = { zoom: 1, x: 0, y: 0 };
const MOST = 8;

/** Return the size at which a picture of a ratio just fits a stage. */
export function fitted(ratio, stage) {
  const width = Math.min(stage.width, stage.height * ratio);
  return { width, height: width / ratio };
}

/** Return the zoom at which one pixel of the picture is one pixel of the screen. */
export function wholeZoom(naturalWidth, size, pixelRatio) {
  return naturalWidth && size.width ? naturalWidth / (size.width * pixelRatio) : 1;
}

/** Return a view moved so far back that the picture stays on its stage. */
export function kept(view, size, stage) {
  const slack = (length, room) => Math.max(0, (length * view.zoom - room) / 2);
  const within = (value, most) => Math.max(-most, Math.min(most, value)) + 0;
  return {
    zoom: view.zoom,
    x: within(view.x, slack(size.width, stage.width)),
    y: within(view.y, slack(size.height, stage.height)),
  };
}

/** Return a view nearer by a factor, with the point of the stage at (x, y) from its middle fixed. */
export function nearer(view, factor, at, { size, stage, whole }) {
  const least = Math.min(1, whole);
  const most = Math.max(MOST, whole);
  const zoom = Math.max(least, Math.min(most, view.zoom * factor));
  const by = zoom / view.zoom;
  return kept({ zoom, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by }, size, stage);
}

/** Return how near a picture is in words: "fit", or per cent of its own pixels. */
export function zoomWords(view, whole) {
  return view.zoom === 1 ? "Fit" : `${Math.round((view.zoom / whole) * 100)} %`;
}

/** Return left or right for a swipe of so many pixels, or null if it was none. */
export function swipe(dx, dy) {
  if (Math.abs(dx) < 48 || Math.abs(dx) < 1.5 * Math.abs(dy)) return null;
  return dx < 0 ? "right" : "left";
}
