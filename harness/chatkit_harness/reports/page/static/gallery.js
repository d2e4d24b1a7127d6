// The gallery of widgets. What is looked at is in the address: #overview, #Button, #Button.variant, #icons.

import { announce, h } from "./dom.js";
import { block } from "./data.js";
import { showComponent } from "./gallery_component.js";
import { showIcons, showOverview } from "./gallery_overview.js";
import { showTokens } from "./gallery_tokens.js";
import { searchBox } from "./gallery_search.js";
import { GROUPS } from "./gallery_words.js";

const PAGES = { overview: showOverview, tokens: showTokens, icons: showIcons };
const SCHEMES = [["", "System"], ["light", "Light"], ["dark", "Dark"]];

start();

async function start() {
  const gallery = await block("gallery");
  document.getElementById("nav").append(...side(gallery));
  document.getElementById("nav").setAttribute("aria-label", "Components");
  window.addEventListener("hashchange", () => show(gallery, true));
  show(gallery, false);
  document.documentElement.dataset.ready = "true";
}

function side(gallery) {
  const grouped = GROUPS.flatMap(([, names]) => names);
  const others = gallery.components.map((each) => each.name).filter((name) => !grouped.includes(name));
  const known = new Set(gallery.components.map((each) => each.name));
  const groups = [...GROUPS, ["Others", others]].map(([title, names]) => [title, names.filter((name) => known.has(name))]);
  const { chatkit, client } = gallery.releases;
  const places = h("div", { class: "places", id: "places" },
    linked("", Object.keys(PAGES)), ...groups.filter(([, names]) => names.length).map((group) => linked(...group)));
  const fold = h("button", { class: "fold", type: "button", "aria-expanded": "false", "aria-controls": "places" }, "All components");
  const folded = (open) => {
    fold.setAttribute("aria-expanded", String(open));
    places.toggleAttribute("data-open", open);
  };
  fold.addEventListener("click", () => folded(fold.getAttribute("aria-expanded") !== "true"));
  window.addEventListener("hashchange", () => folded(false));
  return [
    h("p", { class: "brand" }, h("a", { href: "#overview" }, "ChatKit widgets")),
    h("p", { class: "quiet" }, `chatkit ${chatkit}${client ? `, client ${client}` : ""}`),
    schemes(), searchBox(gallery), fold, places,
  ];
}

function linked(title, names) {
  const links = names.map((name) => h("li", {}, h("a", { href: `#${name}` }, Object.hasOwn(PAGES, name) ? capital(name) : name)));
  return h("div", { class: "group" }, title ? h("p", { class: "group-name" }, title) : null, h("ul", {}, links));
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}

/** The switch between light, dark, and what the system says. */
function schemes() {
  const buttons = SCHEMES.map(([scheme, words]) => h("button", { type: "button", "data-scheme": scheme, "aria-pressed": "false" }, words));
  const choose = (scheme) => {
    if (scheme) document.documentElement.dataset.scheme = scheme;
    else delete document.documentElement.dataset.scheme;
    for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.scheme === scheme));
  };
  for (const each of buttons) each.addEventListener("click", () => choose(each.dataset.scheme));
  choose("");
  return h("div", { class: "schemes", role: "group", "aria-label": "Colour scheme" }, buttons);
}

/** The address as a page, or a component and the place in it. */
function parsed(gallery) {
  let address;
  try {
    address = decodeURIComponent(location.hash.slice(1));
  } catch {
    address = "";
  }
  if (Object.hasOwn(PAGES, address)) return { page: address };
  const fitting = gallery.components.filter(({ name }) => address === name || address.startsWith(`${name}.`));
  const component = fitting.sort((one, other) => other.name.length - one.name.length)[0];
  if (!component) return { page: "overview" };
  return { page: component.name, component, path: address.slice(component.name.length + 1) };
}

function show(gallery, moved) {
  if (location.hash === "#main") return; // the link that skips to the content
  const { page, component, path } = parsed(gallery);
  const main = document.getElementById("main");
  if (main.dataset.page !== page) {
    main.replaceChildren(component ? showComponent(component, gallery) : PAGES[page](gallery), foot());
    main.dataset.page = page;
    document.title = `${component ? component.name : capital(page)} · ${document.title.split(" · ").slice(-2).join(" · ")}`;
    mark(page);
  }
  if (moved || path) arrive(main, path, moved);
}

function foot() {
  return h("p", { class: "foot quiet" },
    "All of this is approximate. The renderer that ChatKit's client uses is not published; what is drawn here is this " +
    "project's own, made after the declarations of what a widget may be.");
}

function arrive(main, path, moved) {
  const place = path ? main.querySelector(`[data-place="${CSS.escape(path)}"]`) : null;
  for (let above = place?.parentElement; above; above = above.parentElement) if (above.tagName === "DETAILS") above.open = true;
  const heading = place?.querySelector("h2, h3") ?? main.querySelector("h1");
  if (place) place.scrollIntoView();
  else window.scrollTo(0, 0);
  if (!moved || !heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  announce(heading.textContent);
}

function mark(page) {
  for (const link of document.querySelectorAll("#nav .places a")) {
    if (link.getAttribute("href") === `#${page}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
