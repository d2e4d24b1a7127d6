// The cells of a run as a picture as small as a word: which of them a cause has.

import { h } from "./dom.js";

const SPACE = "http://www.w3.org/2000/svg";

/** One picture a matrix, with the cells of `held` (numbers) drawn in the colour of `kind`; null for a lone cell. */
export function miniMaps(run, held, kind) {
  if (run.cells.length < 2) return null;
  const maps = run.matrices.filter((matrix) => matrix.cells.flat().some((cell) => held.has(cell)));
  return h("div", { class: "minimaps" }, maps.slice(0, 8).map((matrix) => {
    const inside = matrix.cells.flat().filter((cell) => held.has(cell)).length;
    const words = `${matrix.title}: ${inside.toLocaleString("en")} of ${matrix.cells.flat().filter((cell) => cell >= 0).length.toLocaleString("en")} cells`;
    return h("figure", {}, picture(matrix, held, kind, words), h("figcaption", { class: "quiet" }, words));
  }));
}

function picture(matrix, held, kind, words) {
  const [wide, high] = [matrix.agents.length, matrix.chatkits.length];
  const size = Math.max(3, Math.min(12, Math.floor(360 / wide)));
  const svg = document.createElementNS(SPACE, "svg");
  const about = { viewBox: `0 0 ${wide * size} ${high * size}`, width: wide * size, height: high * size, role: "img", "aria-label": words, class: "minimap" };
  for (const [name, value] of Object.entries(about)) svg.setAttribute(name, value);
  const squares = (wanted) => matrix.cells.flatMap((row, down) => row.map((cell, right) => {
    const gap = size > 5 ? 1 : 0;
    return wanted(cell) ? `M${right * size} ${down * size}h${size - gap}v${size - gap}h${gap - size}z` : "";
  })).join("");
  svg.append(path(squares((cell) => cell >= 0 && !held.has(cell)), "rest"), path(squares((cell) => held.has(cell)), kind));
  return svg;
}

function path(d, name) {
  const drawn = document.createElementNS(SPACE, "path");
  drawn.setAttribute("d", d);
  drawn.setAttribute("class", name);
  return drawn;
}
