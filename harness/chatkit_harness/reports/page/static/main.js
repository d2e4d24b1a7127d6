// What is looked at is in the address, so that it can be sent to somebody: #matrix, #cause-3, #case-0-12.

import { parsed, wordOf } from "./address.js";
import { announce, h } from "./dom.js";
import { openOnPaper } from "./folds.js";
import { loadRun } from "./run_data.js";
import { showMatrix } from "./matrix.js";
import { showCauses } from "./causes.js";
import { showCell, showCells } from "./cells.js";
import { showScenario, showScenarios } from "./scenarios.js";
import { showCase } from "./case.js";
import { loadComparison, showComparison } from "./comparison.js";
import { showRun } from "./run_facts.js";

// Each takes {run, comparison, args, query, go}, and gives an element whose first heading is the view's name.
const VIEWS = {
  matrix: showMatrix,
  causes: showCauses,
  cause: showCauses,
  cells: showCells,
  cell: showCell,
  scenarios: showScenarios,
  scenario: showScenario,
  case: showCase,
  comparison: showComparison,
  run: showRun,
};

const OF = { cause: "causes", cell: "cells", scenario: "scenarios", case: "cells" };
const MAIN = document.getElementById("main");
const TITLE = document.title;

start();

async function start() {
  try {
    const [run, comparison] = await Promise.all([loadRun(), loadComparison()]);
    const page = { run, comparison, go: (address) => { location.hash = address; } };
    foldLead();
    skips();
    openOnPaper();
    document.getElementById("nav").append(...links(run, comparison));
    follow(page);
    await show(page);
  } catch (error) {
    console.error(error);
    MAIN.replaceChildren(broken(error));
  }
  document.documentElement.dataset.ready = "true";
}

/** What stands above every view gives its room to the view where there is little; a screen shows it all. */
function foldLead() {
  const narrow = window.matchMedia("(max-width: 40rem)").matches;
  for (const fold of document.querySelectorAll("header.verdict details")) fold.open = !narrow;
}

/** The link that skips to the content leaves the address as it is: that says which view it is. */
function skips() {
  document.querySelector("a.skip").addEventListener("click", (event) => {
    event.preventDefault();
    MAIN.focus();
    MAIN.scrollIntoView();
  });
}

function links(run, comparison) {
  const found = [];
  if (run) {
    found.push(["matrix", "Matrix"], ["causes", ["Causes ", h("small", {}, run.more_causes ? `${run.causes.length} of ${run.causes.length + run.more_causes}` : run.causes.length)]]);
    found.push(["scenarios", ["Scenarios ", h("small", {}, run.scenarios.length)]], ["cells", ["Cells ", h("small", {}, run.cells.length.toLocaleString("en"))]]);
  }
  if (comparison) found.push(["comparison", "Native against Agent Builder"]);
  if (run) found.push(["run", "The run"]);
  return found.map(([address, words]) => h("a", { href: `#${address}` }, words));
}

/** Draw what the address says whenever it changes; Back leads to where one was, links to the top. */
function follow(page) {
  const left = new Map(); // by address: how far it was scrolled, and by which link it was left
  let clicked = false;
  let drawn = location.href; // Back scrolls what is still drawn, when the address is another already
  const note = (told) => left.set(location.href, { top: window.scrollY, link: null, nth: 0, ...left.get(location.href), ...told });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    clicked = Boolean(link?.hash) && link.href !== location.href && !event.ctrlKey && !event.metaKey;
    if (link) note({ top: window.scrollY, ...placeOf(link) });
  }, true);
  document.addEventListener("click", (event) => {
    // In a frame whose text is its parent's (srcdoc) a link to a place in the page leads out of it.
    const address = event.target.closest('a[href^="#"]')?.getAttribute("href");
    if (!address || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.hash = address;
  });
  window.addEventListener("scroll", () => { if (location.href === drawn) note({ top: window.scrollY }); }, { passive: true });
  window.addEventListener("hashchange", async () => {
    const address = location.href;
    const before = clicked ? undefined : left.get(address);
    clicked = false;
    await show(page, true, before);
    if (location.href !== address) return; // somebody went on before this was there
    drawn = address;
    note({});
  });
}

/** A link of the view: where it leads, and which it is of those that lead there. */
function placeOf(link) {
  const href = link.getAttribute("href");
  return { link: href, nth: linksTo(href).indexOf(link) };
}

function linksTo(href) {
  return [...MAIN.querySelectorAll("a")].filter((each) => each.getAttribute("href") === href);
}

let drawing = 0;

async function show(page, moved = false, before = undefined) {
  const there = Object.fromEntries(Object.entries(VIEWS).filter(([view]) => (view === "comparison" ? page.comparison : page.run)));
  const { name, args, query } = parsed(location.hash, there, page.run ? "matrix" : "comparison");
  const asked = wordOf(location.hash);
  drawing += 1;
  const own = drawing;
  let drawn;
  try {
    drawn = await VIEWS[name]({ ...page, args, query });
  } catch (error) {
    console.error(error);
    drawn = broken(error);
  }
  if (own !== drawing) return; // somebody went on before this was there
  MAIN.replaceChildren(drawn);
  if (asked && asked !== name) MAIN.prepend(h("p", { class: "notice quiet" }, `This page has no view called ${asked.slice(0, 60)}; this is another one.`));
  MAIN.dataset.view = name;
  document.title = [MAIN.querySelector("h2")?.textContent.trim().slice(0, 120), TITLE].filter(Boolean).join(" · ");
  mark(name);
  if (moved) arrive(before);
}

function isOld() {
  try {
    return !new DecompressionStream("deflate-raw");
  } catch {
    return true;
  }
}

function broken(error) {
  const old = isOld() ? "This browser is too old to read it: Chrome 103, Firefox 113 and Safari 16.4 can." : error.message;
  return h("section", {}, h("h2", {}, "This cannot be shown"), h("p", {}, `The page's data: ${old}`));
}

/** The eye and the keyboard go to the view's heading, or to where they were before. */
function arrive(before) {
  const heading = MAIN.querySelector("h2");
  announce(heading?.textContent ?? "");
  if (!heading) return;
  heading.tabIndex = -1;
  const back = before?.link ? linksTo(before.link)[before.nth] : null;
  back?.focus({ preventScroll: true });
  if (!back || document.activeElement !== back) heading.focus({ preventScroll: true }); // it may be folded away
  const top = document.getElementById("nav").offsetHeight;
  const below = MAIN.offsetTop - top;
  if (before !== undefined) window.scrollTo(0, before.top);
  else if (window.scrollY > below || MAIN.getBoundingClientRect().top > innerHeight / 2) window.scrollTo(0, below);
}

function mark(name) {
  for (const link of document.querySelectorAll("#nav a")) {
    const here = link.getAttribute("href") === `#${OF[name] ?? name}`;
    if (here) {
      link.setAttribute("aria-current", "page");
      link.parentElement.scrollLeft = link.offsetLeft - 24; // where the links do not fit side by side
    }
    else link.removeAttribute("aria-current");
  }
}
