// The events as they came, however many: so many at a time, each a line that opens.

import { count, h, ms } from "./dom.js";
import { folded } from "./folds.js";
import { inChunks, jsonView } from "./json_view.js";
import { kindOf } from "./waterfall_data.js";

const SHORT = 110;

/** All events of a transcript, with a choice of the kinds that are listed. */
export function eventsView(transcript) {
  const events = transcript.turns.flatMap((turn, n) => turn.events.map((event, at) => ({ turn, n, at, event, ...kindOf(event) })));
  const told = new Map();
  for (const { name } of events) told.set(name, (told.get(name) ?? 0) + 1);
  const room = h("div", { class: "events" });
  const choice = h("select", { "aria-label": "Events of which kind" },
    h("option", { value: "" }, `all ${count(events.length, "event")}`),
    [...told].sort((a, b) => b[1] - a[1]).slice(0, 100).map(([name, number]) => h("option", { value: name }, `${name} (${number})`)),
  );
  const list = () => {
    const some = choice.value ? events.filter(({ name }) => name === choice.value) : events;
    room.replaceChildren(inChunks(some, oneEvent, { name: "events" }));
  };
  choice.addEventListener("change", list);
  list();
  const others = transcript.turns.filter((turn) => !turn.events.length);
  return [
    events.length > 1 ? h("p", {}, choice) : null,
    room,
    others.map((turn) => folded([h("b", {}, `Turn ${turn.index + 1}`), ` ${turn.request.type ?? ""}, answered without events`], () => jsonView({ request: turn.request, response: turn.response ?? turn.message ?? null }))),
  ];
}

function oneEvent({ turn, n, at, event, kind, name }) {
  return folded([
    h("span", { class: "at" }, `${n + 1}.${at + 1}`), " ", h("span", { class: "at" }, `+${ms(event.at_ms - turn.sent_at_ms)}`), " ",
    h("i", { class: `event ${kind}`, "aria-hidden": "true" }), h("code", {}, name), " ",
    h("span", { class: "quiet short", dir: "auto" }, says(event)),
  ], () => jsonView(event.data ?? event.raw), { classes: "event-line" });
}

/** The words of an event, shortly. */
function says({ data, raw }) {
  if (!data) return String(raw ?? "").slice(0, SHORT);
  const { update, item } = data;
  const found = update?.delta ?? update?.content?.text ?? update?.task?.title ?? item?.name ?? item?.content?.[0]?.text ?? data.message ?? data.thread?.title ?? "";
  return typeof found === "string" ? found.slice(0, SHORT) : "";
}
