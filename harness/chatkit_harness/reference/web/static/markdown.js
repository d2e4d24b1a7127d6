// A safe subset of Markdown as elements: headings, paragraphs, lists, quotes, tables, code, emphasis, links.
// Markup in the text stays text, images are links, and a link goes to the web or to a mailbox only.

const LONGEST = 200_000;
const DEEPEST = 8;
const INLINE = new RegExp(
  [
    "(?<code>`+)(?<coded>[^`\\n]{1,2000}?)\\k<code>(?!`)",
    "(?<image>!)?\\[(?<label>[^\\[\\]\\n]{0,500})\\]\\((?<target>[^()\\s]{1,2000})(?: \"[^\"\\n]{0,300}\")?\\)",
    "\\*\\*(?<strong>[^*\\n]{1,2000}?)\\*\\*",
    "~~(?<struck>[^~\\n]{1,2000}?)~~",
    "(?<![\\w*])\\*(?<em>[^*\\s][^*\\n]{0,2000}?)\\*(?![\\w*])",
    "(?<![\\w_])_(?<under>[^_\\s][^_\\n]{0,2000}?)_(?![\\w_])",
    "(?<bare>https?://[^\\s<>\"'()]{1,2000}[^\\s<>\"'().,;:!?])",
  ].join("|"),
  "g",
);

/** The address if a click may go there (http, https, mailto), else null. */
export function safeLink(address) {
  if (typeof address !== "string") return null;
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  return ["https:", "http:", "mailto:"].includes(url.protocol) ? url.href : null;
}

/** A link that opens elsewhere; what may not be followed is left as text. */
export function link(address, words) {
  const href = safeLink(address);
  const element = document.createElement(href ? "a" : "span");
  element.textContent = words;
  if (href) {
    element.href = href;
    element.target = "_blank";
    element.rel = "noopener noreferrer";
  } else {
    element.title = "This address is not followed.";
  }
  return element;
}

/** A text as elements below `<div class="ck-markdown">`. */
export function renderMarkdown(text) {
  const root = document.createElement("div");
  root.className = "ck-markdown";
  root.dir = "auto";
  const lines = String(text).slice(0, LONGEST).replace(/\r\n?/g, "\n").split("\n");
  blocks(lines, root, 0);
  return root;
}

function blocks(lines, parent, depth) {
  let at = 0;
  while (at < lines.length) {
    const [element, next] = readBlock(lines, at, depth);
    if (element) parent.append(element);
    at = next;
  }
}

function readBlock(lines, at, depth) {
  const line = lines[at];
  if (!line.trim()) return [null, at + 1];
  if (/^ {0,3}(```|~~~)/.test(line)) return fence(lines, at);
  const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) return [inlined(`h${Math.min(heading[1].length + 2, 6)}`, heading[2]), at + 1];
  if (/^ {0,3}([-*_])(?: *\1){2,} *$/.test(line)) return [document.createElement("hr"), at + 1];
  if (/^ {0,3}>/.test(line) && depth < DEEPEST) return quote(lines, at, depth);
  if (item(line) && depth < DEEPEST) return list(lines, at, depth);
  if (line.includes("|") && /^[\s|:-]*-[\s|:-]*$/.test(lines[at + 1] ?? "") && lines[at + 1].includes("|")) {
    return table(lines, at);
  }
  return paragraph(lines, at);
}

function fence(lines, at) {
  const mark = lines[at].trim().slice(0, 3);
  const code = document.createElement("code");
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(mark)) end += 1;
  code.textContent = lines.slice(at + 1, end).join("\n");
  const pre = document.createElement("pre");
  pre.tabIndex = 0; // it may scroll, so the keyboard has to reach it
  pre.append(code);
  return [pre, end + 1];
}

function quote(lines, at, depth) {
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(lines[end])) end += 1;
  const element = document.createElement("blockquote");
  blocks(lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, "")), element, depth + 1);
  return [element, end];
}

function item(line) {
  return /^(?<indent>\s*)(?<mark>[-*+•]|\d{1,9}[.)])\s+(?<words>.*)$/.exec(line)?.groups;
}

function list(lines, at, depth) {
  const first = item(lines[at]);
  const ordered = /\d/.test(first.mark);
  const element = document.createElement(ordered ? "ol" : "ul");
  if (ordered && Number.parseInt(first.mark, 10) !== 1) element.start = Number.parseInt(first.mark, 10);
  let next = at;
  while (next < lines.length) {
    const here = item(lines[next]);
    if (!here || here.indent.length > first.indent.length + 1 || /\d/.test(here.mark) !== ordered) break;
    const inner = [here.words];
    next += 1;
    while (next < lines.length && /^\s{2,}\S/.test(lines[next]) && indent(lines[next]) > here.indent.length + 1) {
      inner.push(lines[next].slice(here.indent.length + 2));
      next += 1;
    }
    const entry = document.createElement("li");
    inline(inner[0], entry, 0);
    blocks(inner.slice(1), entry, depth + 1);
    element.append(entry);
  }
  return [element, next];
}

function indent(line) {
  return line.length - line.trimStart().length;
}

function cells(line) {
  return line.trim().replace(/^\||\|$/g, "").split("|").slice(0, 50);
}

function table(lines, at) {
  const element = document.createElement("table");
  const head = element.createTHead().insertRow();
  for (const words of cells(lines[at])) {
    const cell = inlined("th", words.trim());
    cell.scope = "col";
    head.append(cell);
  }
  const body = element.createTBody();
  let next = at + 2;
  for (; next < lines.length && lines[next].includes("|"); next += 1) {
    const row = body.insertRow();
    for (const words of cells(lines[next])) row.append(inlined("td", words.trim()));
  }
  const scroller = document.createElement("div");
  scroller.className = "ck-table";
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "region");
  scroller.setAttribute("aria-label", "Table");
  scroller.append(element);
  return [scroller, next];
}

function paragraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !/^ {0,3}(#{1,6}\s|>|```|~~~)/.test(lines[end]) && !item(lines[end])) {
    end += 1;
  }
  const element = document.createElement("p");
  lines.slice(at, end).forEach((line, number) => {
    if (number) element.append(document.createElement("br"));
    inline(line.trim(), element, 0);
  });
  return [element, end];
}

function inlined(tag, words) {
  const element = document.createElement(tag);
  inline(words, element, 0);
  return element;
}

function inline(text, parent, depth) {
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    parent.append(text.slice(at, found.index), marked(found.groups, found[0], depth));
    at = found.index + found[0].length;
  }
  parent.append(text.slice(at));
}

function marked(groups, whole, depth) {
  if (groups.coded !== undefined) return plain("code", groups.coded);
  if (groups.target !== undefined) {
    const words = groups.image ? `Image: ${groups.label || groups.target}` : groups.label || groups.target;
    return link(groups.target, words);
  }
  if (groups.bare !== undefined) return link(groups.bare, groups.bare);
  const kinds = { strong: "strong", struck: "s", em: "em", under: "em" };
  const kind = Object.keys(kinds).find((name) => groups[name] !== undefined);
  if (!kind || depth >= DEEPEST) return document.createTextNode(whole);
  const element = document.createElement(kinds[kind]);
  inline(groups[kind], element, depth + 1);
  return element;
}

function plain(tag, words) {
  const element = document.createElement(tag);
  element.textContent = words;
  return element;
}
