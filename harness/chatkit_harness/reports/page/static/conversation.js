// The conversation as a user would have seen it: messages and widgets, turn by turn, at any moment of it.

import { markFaults } from "./case_faults.js";
import { asRead, runsOf, shownCommands } from "./command_lines.js";
import { h } from "./dom.js";
import { aftermath, endWords, eventNote, openingOf, turnHead } from "./conversation_turns.js";
import { renderMarkdown } from "./markdown.js";
import { drawable, Items, stepsOf } from "./replay.js";
import { Transcript } from "./transcript.js";

const MESSAGES = new Set(["threads.create", "threads.add_user_message", "workflow.run"]);

/** A message as its user reads it: lines that are chart commands, too, which no frontend takes out of a text. */
function said(text) {
  return runsOf(text).map((run) => (run.kind === "words" ? renderMarkdown(run.text) : shownCommands(asRead(run.text))));
}

/** A conversation in an element; `goTo(ms)` shows it as it was then. */
export class Conversation {
  #transcript;
  #about;
  #faults;
  #views = [];
  #items = new Items();
  #next = 0;

  /** `faults` are those of `faultsOf`. */
  constructor({ transcript, about, faults }) {
    this.#transcript = transcript;
    this.#about = about ?? {};
    this.#faults = faults;
    this.steps = stepsOf(transcript, about);
    this.begins = this.steps[0]?.at ?? 0;
    this.ends = this.steps.at(-1)?.at ?? 0;
    this.title = h("p", { class: "talk-title", dir: "auto" });
    this.element = h("div", { class: "talk-turns" });
    this.#clear();
    this.goTo(this.ends);
  }

  /** How many steps have been taken at a moment. */
  stepsAt(ms) {
    let at = 0;
    while (at < this.steps.length && this.steps[at].at <= ms) at += 1;
    return at;
  }

  /** Show what was there at a moment, in milliseconds since the case began. */
  goTo(ms) {
    const until = ms >= this.ends ? this.steps.length : this.stepsAt(ms);
    if (until < this.#next) this.#clear();
    const changed = new Set();
    while (this.#next < until) {
      this.#take(this.steps[this.#next], changed);
      this.#next += 1;
    }
    for (const id of changed) this.#draw(id);
  }

  #clear() {
    this.#items = new Items();
    this.#next = 0;
    this.title.textContent = "";
    this.#views = this.#transcript.turns.map((turn, n) => this.#view(turn, n));
    this.element.replaceChildren(...this.#views.map(({ element }) => element));
  }

  #view(turn, n) {
    const body = h("div", { class: "talk-body" });
    const foot = h("div", { class: "talk-foot" });
    const element = h("article", { class: "talk-turn", hidden: true, dataset: { turn: String(n) } },
      turnHead(turn, n, this.#transcript.saved), body, foot,
    );
    return { element, foot, turn, list: new Transcript(body, { remoteImages: false, follows: false, drawText: said }), body };
  }

  #take(step, changed) {
    const view = this.#views[step.turn];
    if (step.kind === "sent") this.#sent(view);
    else if (step.kind === "event") this.#event(step, view, changed);
    else if (step.kind === "items") for (const item of step.items) this.#changed(this.#items.put(item, step.turn), changed);
    else this.#ended(view, step.turn);
  }

  #sent(view) {
    view.element.hidden = false;
    const told = view.turn.events.some(({ data }) => String(data?.type ?? "").startsWith("thread.item.") && data.item?.type === "user_message");
    const said = MESSAGES.has(view.turn.request.type) || typeof view.turn.message === "string";
    if (!told) view.body.append(openingOf(view.turn, said));
  }

  #event({ event, turn }, view, changed) {
    const { data } = event;
    if (data?.thread && typeof data.thread === "object") this.title.textContent = typeof data.thread.title === "string" ? data.thread.title : "";
    const effect = this.#items.take(data, turn);
    if (effect) this.#changed(effect, changed);
    else view.body.append(...eventNote(event));
  }

  #changed(effect, changed) {
    if (effect?.removed) {
      const there = this.#items.get(effect.removed);
      this.#views[there.turn].list.remove(effect.removed);
      this.#items.remove(effect.removed);
      changed.delete(effect.removed);
    } else if (effect) {
      // It takes its place at once, and its looks when all that happened until now is known.
      if (!this.#element(effect.put)) this.#draw(effect.put);
      changed.add(effect.put);
    }
  }

  #element(id) {
    const { turn } = this.#items.get(id);
    return this.#views[turn].body.querySelector(`:scope > [data-item="${CSS.escape(id)}"]`);
  }

  #draw(id) {
    const { item, turn } = this.#items.get(id);
    try {
      this.#views[turn].list.put(drawable(item));
    } catch (error) {
      this.#views[turn].list.put({ id, type: `${String(item.type).slice(0, 40)} that cannot be drawn (${error.message.slice(0, 80)})` });
    }
    const element = this.#element(id);
    if (!element) return;
    if (item.type === "client_tool_call") element.append(h("code", { dir: "auto" }, JSON.stringify(item.arguments ?? {}).slice(0, 600)));
    const faults = this.#faults.places.get(id);
    if (faults) markFaults(element, faults);
  }

  #ended(view, n) {
    const unsent = this.#faults.unsent.get(view.turn.index) ?? [];
    view.foot.replaceChildren(
      ...aftermath(view.turn, this.#about.turns?.[n], { authored: this.#transcript.authored, unsent }),
      endWords(view.turn, this.#transcript.saved),
    );
  }
}
