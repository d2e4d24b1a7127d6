// A transcript as steps in time: what a client got, one after the other, and what it holds at any moment.

import { updated } from "./protocol.js";

const LONGEST_TEXT = 40_000;
const PUT = new Set(["thread.item.added", "thread.item.done", "thread.item.replaced"]);

/** The steps of a transcript in order: {at, turn, kind, ...}.
 *
 * Kinds: sent, event (with `event`), items (a workflow's answer as its frontend reads it), ended. `about` is what
 * the page knows besides; without it nobody knows what a frontend makes of a workflow's answer.
 */
export function stepsOf(transcript, about) {
  const steps = [];
  transcript.turns.forEach((turn, n) => {
    steps.push({ at: turn.sent_at_ms, turn: n, kind: "sent" });
    for (const event of turn.events) {
      steps.push({ at: Math.max(turn.sent_at_ms, event.at_ms ?? 0), turn: n, kind: "event", event });
    }
    const synced = turn.response?.updated_item;
    if (synced) steps.push({ at: turn.ended_at_ms, turn: n, kind: "event", event: { data: { type: "thread.item.replaced", item: synced } } });
    const items = about?.turns?.[n]?.items ?? [];
    if (items.length) steps.push({ at: turn.ended_at_ms, turn: n, kind: "items", items });
    steps.push({ at: turn.ended_at_ms, turn: n, kind: "ended" });
  });
  return steps;
}

/** The items that a client holds, kept by the turn in which each appeared first. */
export class Items {
  #held = new Map();
  #nameless = 0;

  /** Take an event in; the effect on items as {put: id}, {removed: id} or null. */
  take(data, turn) {
    if (PUT.has(data?.type)) return this.put(data.item, turn);
    if (data?.type === "thread.item.updated" && this.#held.has(data.item_id)) {
      const there = this.#held.get(data.item_id);
      this.#held.set(data.item_id, { ...there, item: safely(there.item, data.update) });
      return { put: data.item_id };
    }
    if (data?.type === "thread.item.removed" && this.#held.has(data.item_id)) return { removed: data.item_id };
    return null;
  }

  /** Hold an item, in place of what was held of it before. */
  put(item, turn) {
    if (!item || typeof item !== "object" || Array.isArray(item)) return null;
    const id = typeof item.id === "string" && item.id ? item.id : `#${(this.#nameless += 1)}`;
    this.#held.set(id, { item: { ...item, id }, turn: this.#held.get(id)?.turn ?? turn });
    return { put: id };
  }

  /** What is held of an item: {item, turn}. */
  get(id) {
    return this.#held.get(id);
  }

  /** Hold an item no longer. */
  remove(id) {
    this.#held.delete(id);
  }
}

/** An update of any shape must not stop the others. */
function safely(item, update) {
  try {
    return updated(item, update);
  } catch {
    return item;
  }
}

/** An item that can be drawn whatever it holds: texts of any length are cut, content of any shape is a list. */
export function drawable(item) {
  if (item.type !== "assistant_message" && item.type !== "user_message") return item;
  const parts = (Array.isArray(item.content) ? item.content : []).filter((part) => part && typeof part === "object");
  return { ...item, content: parts.map((part) => ({ ...part, text: cut(String(part.text ?? "")) })) };
}

function cut(text) {
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, LONGEST_TEXT)}… (${(text.length - LONGEST_TEXT).toLocaleString("en")} more characters; all of it is among the raw events)`;
}
