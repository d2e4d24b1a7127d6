// Icons by the names that widgets know, drawn plainly for this page: strokes on a field of 24 by 24.

const NS = "http://www.w3.org/2000/svg";
const CIRCLE = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18";
const BOOK = "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3z";
const PAGE = "M6 3h8l4 4v14H6zM14 3v4h4";
const SQUARE = "M4 4h16v16H4z";
const PERSON = "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c1-5 4-7 8-7s7 2 8 7";
const STAR = "M12 3l2.7 5.8 6.3.8-4.6 4.3 1.2 6.3L12 17l-5.6 3.2 1.2-6.3L3 9.6l6.3-.8z";
const SPARK = "M12 4l2 6 6 2-6 2-2 6-2-6-6-2 6-2z";
const NOTEBOOK = "M6 3h12v18H6zM4 7h4M4 12h4M4 17h4";
const PENCIL = "M5 19l1-4L16 5l3 3L9 18z";
const DOT = "h.01";

const PATHS = {
  agent: "M5 8h14v11H5zM12 8V4M9 13h.01M15 13h.01M10 16h4",
  analytics: "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
  atom: "M12 12h.01M4 12c0-3 16-3 16 0s-16 3-16 0M8 5c3-1 11 13 8 14S5 6 8 5",
  batch: "M4 8h16M4 12h16M4 16h16",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  "book-clock": `${BOOK}M12 8v4l3 2`,
  "book-closed": BOOK,
  "book-open": "M12 6c-3-2-6-2-9-1v13c3-1 6-1 9 1 3-2 6-2 9-1V5c-3-1-6-1-9 1v13",
  bug: "M8 9h8v7a4 4 0 0 1-8 0zM9 9a3 3 0 0 1 6 0M4 12h4M16 12h4M5 19l3-2M19 19l-3-2M5 6l3 3M19 6l-3 3",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  chart: "M4 4v16h16M7 15l4-5 3 3 5-7",
  check: "M5 13l4 4L19 7",
  "check-circle": `${CIRCLE}M8 12l3 3 5-6`,
  "check-circle-filled": `${CIRCLE}M8 12l3 3 5-6`,
  "chevron-left": "M15 5l-7 7 7 7",
  "chevron-right": "M9 5l7 7-7 7",
  "circle-question": `${CIRCLE}M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .9-1 1.7M12 17h.01`,
  clock: `${CIRCLE}M12 7v5l3 2`,
  compass: `${CIRCLE}M15 9l-2 4-4 2 2-4z`,
  confetti: "M4 20l5-12 7 7zM15 4h.01M19 8h.01M20 4h.01M13 8c1-1 1-2 0-4M16 11c1-1 3-1 4 0",
  cube: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5",
  desktop: "M3 4h18v12H3zM9 20h6M12 16v4",
  document: `${PAGE}M9 12h6M9 16h6`,
  dot: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  "dots-horizontal": `M6 12${DOT}M12 12${DOT}M18 12${DOT}`,
  "dots-vertical": `M12 6${DOT}M12 12${DOT}M12 18${DOT}`,
  "empty-circle": CIRCLE,
  "external-link": "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  globe: `${CIRCLE}M3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18`,
  images: "M7 3h14v14H7zM3 7v14h14M7 14l4-4 3 3 2-2 5 5",
  info: `${CIRCLE}M12 11v6M12 7h.01`,
  keys: "M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8M11 12l9-9M17 6l3 3",
  lab: "M9 3h6M10 3v6L4 20h16L14 9V3M8 15h8",
  lifesaver: `${CIRCLE}M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M6 6l3 3M18 6l-3 3M6 18l3-3M18 18l-3-3`,
  lightbulb: "M9 18h6M10 21h4M12 3a6 6 0 0 0-3 11v2h6v-2a6 6 0 0 0-3-11",
  mail: "M3 6h18v12H3zM3 7l9 7 9-7",
  "map-pin": "M12 21c5-6 7-9 7-12a7 7 0 0 0-14 0c0 3 2 6 7 12M12 7a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  maps: "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14",
  mobile: "M7 3h10v18H7zM11 18h2",
  name: "M4 18l4-12h1l4 12M5.500 14h6M16 18v-6a3 3 0 0 1 5 0v6",
  notebook: NOTEBOOK,
  "notebook-pencil": `${NOTEBOOK}M11 16l1-3 4-4 2 2-4 4z`,
  "page-blank": PAGE,
  phone: "M5 4h4l2 5-3 2c1 3 2 4 5 5l2-3 5 2v4c-9 1-16-6-15-15",
  play: "M7 4l13 8-13 8z",
  plus: "M12 5v14M5 12h14",
  profile: `${CIRCLE}M12 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6M6.500 19c1-3 3-4 5.500-4s4.500 1 5.500 4`,
  "profile-card": "M3 5h18v14H3zM9 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4M6 16c0-3 6-3 6 0M15 10h4M15 14h4",
  reload: "M20 12a8 8 0 1 1-2-5M20 3v5h-5",
  search: "M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l5 5",
  "settings-slider": "M4 8h8M16 8h4M14 6v4M4 16h4M12 16h8M10 14v4",
  sparkle: SPARK,
  "sparkle-double": "M9 6l2 5 5 2-5 2-2 5-2-5-5-2 5-2zM18 3l1 3 3 1-3 1-1 3-1-3-3-1 3-1z",
  "square-code": `${SQUARE}M10 9l-3 3 3 3M14 9l3 3-3 3`,
  "square-image": `${SQUARE}M4 16l5-5 4 4 2-2 5 5M15 8h.01`,
  "square-text": `${SQUARE}M8 9h8M8 12h8M8 15h5`,
  star: STAR,
  "star-filled": STAR,
  suitcase: "M3 8h18v12H3zM9 8V4h6v4",
  user: PERSON,
  wreath: "M9 4C3 8 3 16 10 20M15 4c6 4 6 12-1 16M6 8l3 1M5 13l4-1M18 8l-3 1M19 13l-4-1",
  write: `${PENCIL}M4 21h16`,
  "write-alt": PENCIL,
  "write-alt2": `M19 12v8H4V5h8${PENCIL}`,
};
const FILLED = new Set(["check-circle-filled", "star-filled", "dot"]);
const LONGEST_NAME = 40;

/** True where there is a drawing of that name. */
export function hasIcon(name) {
  return Object.hasOwn(PATHS, name);
}

/** An icon; where nothing of that name is drawn here, its name in a small frame. It is decoration: what it
 * stands for has to be said beside it. */
export function renderIcon(name, { size } = {}) {
  const known = typeof name === "string" && hasIcon(name);
  const icon = known ? drawn(name) : named(name);
  icon.classList.add("ck-icon");
  icon.setAttribute("aria-hidden", "true");
  icon.dataset.name = String(name).slice(0, LONGEST_NAME);
  if (size) icon.dataset.size = String(size);
  return icon;
}

function drawn(name) {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  const path = document.createElementNS(NS, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  if (FILLED.has(name)) svg.classList.add("ck-icon-filled");
  return svg;
}

function named(name) {
  const text = document.createElement("span");
  text.classList.add("ck-icon-named");
  const words = String(name).replace(/^(vendor|lucide):/, "");
  text.textContent = words.slice(0, LONGEST_NAME) || "?";
  text.title = `No drawing for the icon ${String(name).slice(0, LONGEST_NAME)}`;
  return text;
}
