// Replays a conversation over its recorded times: a slider, a button that plays, and one for the next event.

import { h, ms } from "./dom.js";

const SHORTEST = 4000;
const LONGEST = 12_000;

/** The controls of a conversation; null where no times are known. */
export function scrubber(talk) {
  const length = talk.ends - talk.begins;
  if (!(length > 0)) return null;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const speed = length / Math.min(LONGEST, Math.max(SHORTEST, length));
  const range = h("input", { type: "range", min: "0", max: String(length), step: String(length / 500), value: String(length), "aria-label": "Moment of the conversation" });
  const told = h("output", { class: "moment" });
  const pace = speed < 0.9 ? ` ${Math.round(1 / speed)}× slower` : speed > 1.1 ? ` ${Math.round(speed)}× faster` : "";
  const idle = `▶ Replay${pace}`;
  const play = h("button", { type: "button", class: "plain play", hidden: still }, idle);
  const next = h("button", { type: "button", class: "plain", title: "Go to what came next" }, "Next event");
  let running = 0;

  function show(at) {
    talk.goTo(talk.begins + at);
    const step = talk.stepsAt(talk.begins + at);
    told.textContent = `${ms(at)} of ${ms(length)}`;
    range.setAttribute("aria-valuetext", `${ms(at)}, ${step} of ${talk.steps.length} steps`);
  }
  function stop() {
    cancelAnimationFrame(running);
    running = 0;
    play.textContent = idle;
  }
  function start() {
    const from = Number(range.value) >= length ? 0 : Number(range.value);
    const began = performance.now();
    play.textContent = "❚❚ Pause";
    const tick = (now) => {
      const at = Math.min(length, from + Math.max(0, now - began) * speed);
      range.value = String(at);
      show(at);
      if (at >= length || !range.isConnected) stop();
      else running = requestAnimationFrame(tick);
    };
    running = requestAnimationFrame(tick);
  }
  play.addEventListener("click", () => (running ? stop() : start()));
  range.addEventListener("input", () => { stop(); show(exact(range, length)); });
  next.addEventListener("click", () => {
    stop();
    const at = Number(range.value) >= length ? -1 : Number(range.value);
    const found = talk.steps.find((step) => step.at - talk.begins > at + length / 1000);
    const to = Math.min(length, found ? found.at - talk.begins : length);
    range.value = String(to);
    show(to);
  });
  told.textContent = `${ms(length)} of ${ms(length)}`;
  return h("div", { class: "scrubber", role: "group", "aria-label": "As it streamed" }, play, range, next, told);
}

/** The slider's moment; its last notch is the very end, whatever the rounding. */
function exact(range, length) {
  const at = Number(range.value);
  return at > length * 0.999 ? length : at;
}
