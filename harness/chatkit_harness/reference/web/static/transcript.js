// The messages of a conversation as elements: one an item, kept up to date while they stream in.

import { splitText } from "./commands.js";
import { link, renderMarkdown } from "./markdown.js";
import { updated } from "./protocol.js";
import { renderWidget } from "./widgets.js";

const SILENT = new Set(["end_of_turn", "hidden_context_item", "sdk_hidden_context"]);
const LONGEST_NAME = 80;
const NEAR_END = 80;

const DRAWN = {
  user_message: userMessage,
  assistant_message: assistantMessage,
  widget: widgetItem,
  client_tool_call: (item) => words("tool", `The assistant asked this page: ${name(item.name)} (${item.status === "pending" ? "answering" : "answered"})`),
  task: (item) => words("other", taskTitle(item.task)),
  workflow,
  generated_image: generatedImage,
  structured_input: structuredInput,
};

/** The list of messages in an element.
 *
 * onAction(action, item): somebody clicked in an item's widget; without it nothing can be done there.
 * `remoteImages: false` shows no image that would have to be fetched, `follows: false` never scrolls.
 * drawText(text): elements for all that an assistant's message says; without it lines that are commands are left out.
 */
export class Transcript {
  #root;
  #looks;
  #follows;
  #items = new Map();

  constructor(root, { onAction, remoteImages = true, follows = true, drawText }) {
    this.#root = root;
    this.#looks = { onAction, remoteImages, drawText };
    this.#follows = follows;
  }

  /** Show nothing. */
  clear() {
    this.#items.clear();
    this.#root.replaceChildren();
  }

  /** True where no message is shown. */
  get empty() {
    return !this.#root.childElementCount;
  }

  /** Show an item, in place of what was shown of it before. */
  put(item) {
    if (SILENT.has(item.type)) return;
    const draw = Object.hasOwn(DRAWN, item.type) ? DRAWN[item.type] : other;
    const element = draw(item, this.#looks);
    element.dataset.item = item.id;
    const before = this.#items.get(item.id);
    const follow = this.#atEnd();
    if (before) before.element.replaceWith(element);
    else this.#root.append(element);
    this.#items.set(item.id, { item, element, stale: false });
    this.#follow(element, { follow: follow || item.type === "user_message", isNew: !before });
  }

  /** Change an item by an update of the stream; however many there are, it is drawn once a frame. */
  update(id, update) {
    const there = this.#items.get(id);
    if (!there) return;
    there.item = updated(there.item, update);
    if (there.stale) return;
    there.stale = true;
    requestAnimationFrame(() => {
      if (this.#items.get(id)?.stale) this.put(this.#items.get(id).item);
    });
  }

  /** Take an item away. */
  remove(id) {
    this.#items.get(id)?.element.remove();
    this.#items.delete(id);
  }

  /** Take away all that stands behind an item. */
  removeAfter(id) {
    const last = this.#items.get(id)?.element;
    if (!last) return;
    while (last.nextSibling) last.nextSibling.remove();
    for (const [key, { element }] of this.#items) if (!element.isConnected) this.#items.delete(key);
  }

  /** A line of the page's own, such as what a chart did. */
  note(text, kind = "chart-note") {
    this.#append(words(kind, text));
  }

  /** What went wrong, and what can be done: buttons as [label, click]. */
  problem({ message, correlationId }, buttons) {
    const element = problemBox({ message, correlationId }, buttons);
    element.classList.add("item");
    this.#append(element);
  }

  #append(element) {
    const follow = this.#atEnd();
    this.#root.append(element);
    this.#follow(element, { follow, isNew: true });
  }

  #atEnd() {
    return this.#root.scrollHeight - this.#root.scrollTop - this.#root.clientHeight < NEAR_END;
  }

  /** Keep the end in view for whoever was looking at it; who has scrolled back is left there. */
  #follow(element, { follow, isNew }) {
    if (!this.#follows) return;
    const scrolls = this.#root.scrollHeight > this.#root.clientHeight;
    if (scrolls && follow) this.#root.scrollTop = this.#root.scrollHeight;
    else if (!scrolls && isNew) element.scrollIntoView({ block: "nearest" });
  }
}

/** A box for a failure in words, with the id under which the server's log knows it. */
export function problemBox({ message, correlationId }, buttons = []) {
  const element = document.createElement("div");
  element.className = "problem";
  element.setAttribute("role", "alert");
  element.append(paragraph(message));
  if (correlationId) {
    const known = paragraph(`Correlation id: ${correlationId}`);
    known.className = "small";
    element.append(known);
  }
  const row = document.createElement("div");
  row.className = "buttons";
  for (const [label, click] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => {
      element.remove();
      click();
    });
    row.append(button);
  }
  if (buttons.length) element.append(row);
  return element;
}

/** What an assistant's message says to the user, without the lines that are commands for the chart. */
export function messageText(item) {
  return splitText(wholeText(item));
}

function wholeText(item) {
  return (item.content ?? []).map((part) => part?.text ?? "").join("\n\n");
}

function made(kind, ...children) {
  const element = document.createElement("div");
  element.className = `item ${kind}`;
  element.append(...children);
  return element;
}

function words(kind, text) {
  return made(kind, paragraph(text));
}

function paragraph(text) {
  const element = document.createElement("p");
  element.dir = "auto";
  element.textContent = text;
  return element;
}

function name(text) {
  return String(text ?? "").slice(0, LONGEST_NAME);
}

function userMessage(item) {
  const text = (item.content ?? []).map((part) => part.text ?? "").join("");
  const element = made("user", text);
  element.dir = "auto";
  for (const attachment of item.attachments ?? []) element.append(paragraph(`Attached: ${name(attachment.name)}`));
  return element;
}

function assistantMessage(item, { drawText }) {
  const { text, commands } = messageText(item);
  if (!drawText && !text && commands.length) return words("chart-note", `For the chart: ${commands.length} commands`);
  const element = made("assistant", ...(drawText ? drawText(wholeText(item)) : [renderMarkdown(text)]));
  const sources = (item.content ?? []).flatMap((part) => part.annotations ?? []).map((each) => each?.source).filter(Boolean);
  if (sources.length) element.append(sourceList(sources));
  return element;
}

function sourceList(sources) {
  const list = document.createElement("ul");
  list.className = "sources";
  list.setAttribute("aria-label", "Sources");
  for (const source of sources) {
    const entry = document.createElement("li");
    entry.append(link(source.url, name(source.title ?? source.filename ?? source.url ?? "Source")));
    list.append(entry);
  }
  return list;
}

function taskTitle(task) {
  return name(task?.title ?? task?.content ?? "Working");
}

function workflow(item) {
  const tasks = item.workflow?.tasks ?? [];
  const details = document.createElement("details");
  details.open = Boolean(item.workflow?.expanded);
  const summary = document.createElement("summary");
  summary.textContent = name(item.workflow?.summary?.title ?? (item.workflow?.type === "reasoning" ? "Reasoning" : "Steps"));
  details.append(summary, ...tasks.filter(Boolean).map((task) => paragraph(taskTitle(task))));
  return made("other", details);
}

function widgetItem(item, { onAction, remoteImages }) {
  const act = onAction && ((action) => onAction(action, item));
  return made("widget", renderWidget(item.widget, { onAction: act, remoteImages }));
}

function generatedImage(item, { remoteImages }) {
  const shown = { type: "Image", src: item.image?.url ?? "", alt: "Generated image" };
  return made("widget", renderWidget({ type: "Basic", children: [shown] }, { remoteImages }));
}

function structuredInput(item) {
  const asked = (item.inputs ?? []).map((each) => paragraph(String(each?.question ?? "")));
  return made("other", paragraph("The assistant asks (this page cannot fill it in; answer in words):"), ...asked);
}

function other(item) {
  return words("other", `Something that this page does not know: ${name(item.type)}`);
}
