// The page: ask, see the answer stream in, see widgets, see the chart.

import { ChartPanel } from "./chart_panel.js";
import { readCommands } from "./commands.js";
import { safeLink } from "./markdown.js";
import { Client, RequestError, userInput } from "./protocol.js";
import { ThreadList } from "./threads.js";
import { messageText, Transcript } from "./transcript.js";

const EXAMPLES = [
  "What's AAPL trading at?", "Latest news on TSLA?", "When is NFP?", "How does NVDA look technically?",
  "Compare AAPL, MSFT and NVDA", "draw support for TSLA", "What did I select?",
];
const ERRORS = {
  "stream.error": "The assistant could not answer.",
  "rate_limit.exceeded": "The model is asked too often at the moment.",
};
const SPEAKS = new Set(["assistant_message", "widget", "client_tool_call", "task", "workflow", "generated_image", "structured_input"]);
const MOST_ITEMS = 500;
const MOST_TOOL_ANSWERS = 8;
const find = (id) => document.getElementById(id);

const client = new Client({ storage: tabStorage() });
const chart = new ChartPanel(client, find, { library: window.LightweightCharts });
const transcript = new Transcript(find("transcript"), { onAction: act });
const hasModel = document.documentElement.dataset.model !== "no";
const talk = { thread: null, running: null, turns: 0 };
const threads = new ThreadList(client, find, {
  current: () => talk.thread,
  open: (id) => guarded(() => showThread(id)),
  remove: (id) => guarded(() => deleteThread(id)),
});

/** What a tab keeps over a reload; null where the browser forbids it. */
function tabStorage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

// A turn

async function ask(text) {
  find("question").value = "";
  const input = userInput(text);
  const [type, params] = talk.thread ? ["threads.add_user_message", { thread_id: talk.thread, input }] : ["threads.create", { input }];
  await turn(type, params, { again: () => ask(text), question: text });
}

/** One request that is answered by a stream, and those that follow from it. */
async function turn(type, params, options) {
  if (talk.running) return;
  talk.turns += 1;
  find("transcript").ariaBusy = "true";
  try {
    await streamed(type, params, options);
  } finally {
    talk.turns -= 1;
    if (!talk.turns) find("transcript").ariaBusy = "false";
  }
}

async function streamed(type, params, { again, question = null, tools = 0, mayBeSilent = false }) {
  const running = { stop: new AbortController(), spoke: mayBeSilent, problem: null, tool: null, correlationId: null, user: null };
  talk.running = running;
  waiting(true);
  try {
    for await (const { event, correlationId } of client.stream(type, params, running.stop.signal)) {
      running.correlationId = correlationId;
      await take(event, running);
    }
    if (running.stop.signal.aborted) transcript.note("Stopped.");
    else if (!running.spoke) running.problem = { message: "The answer ended without a word." };
  } catch (error) {
    if (running.stop.signal.aborted) transcript.note("Stopped.");
    else running.problem = error instanceof RequestError ? error : { message: "This page could not show the answer." };
    if (running.problem && !(error instanceof RequestError)) console.error(error);
  } finally {
    talk.running = null;
    waiting(false);
  }
  if (running.problem) tellProblem(running, again, question);
  await threads.list().catch(() => {});
  if (running.tool && tools < MOST_TOOL_ANSWERS) await answerTool(running.tool, again, tools);
}

async function answerTool(tool, again, tools) {
  const known = tool.name === "get_chart_selection";
  const result = known ? chart.answerSelection() : { error: `This page has no tool ${tool.name}` };
  const params = { thread_id: talk.thread, result };
  transcript.put({ ...tool, status: "completed" });
  await turn("threads.add_client_tool_output", params, { again: () => answerTool(tool, again, tools), tools: tools + 1 });
}

function tellProblem({ problem, correlationId, user }, again, question) {
  const buttons = [];
  if (problem.retry !== false) {
    const retry = user && talk.thread ? () => retryAfter(user, again) : again;
    buttons.push(["Try again", retry]);
  }
  if (question) buttons.push(["Ask the chart instead", () => chart.tell(question)]);
  const words = hasModel ? problem.message : `${problem.message} The server has no model key.`;
  transcript.problem({ message: words, correlationId: problem.correlationId ?? correlationId }, buttons);
}

function retryAfter(item, again) {
  transcript.removeAfter(item);
  return turn("threads.retry_after_item", { thread_id: talk.thread, item_id: item }, { again });
}

// Events

const HANDLERS = {
  "thread.created": ({ thread }) => { openThread(thread); },
  "thread.updated": ({ thread }) => { openThread(thread); },
  "thread.item.added": ({ item }, running) => { shown(item, running); },
  "thread.item.done": ({ item }, running) => done(item, running),
  "thread.item.replaced": ({ item }, running) => { shown(item, running); },
  "thread.item.updated": (event) => { transcript.update(event.item_id, event.update); },
  "thread.item.removed": ({ item_id: id }) => { transcript.remove(id); },
  progress_update: ({ text }) => { progress(text); },
  notice: (event, running) => {
    running.spoke = true;
    transcript.note([event.title, event.message].filter(Boolean).join(": "), "told");
  },
  error: (event, running) => {
    running.spoke = true;
    const message = event.message ?? ERRORS[event.code] ?? "The assistant could not answer.";
    running.problem = { message, retry: event.allow_retry !== false };
  },
  client_effect: (event, running) => effect(event, running),
  stream_options: ({ stream_options: options }) => { find("stop").hidden = options?.allow_cancel === false; },
};

function take(event, running) {
  return Object.hasOwn(HANDLERS, event?.type) ? HANDLERS[event.type](event, running) : undefined;
}

function openThread(thread) {
  talk.thread = thread.id;
  find("talk-title").textContent = thread.title || "Conversation";
}

function shown(item, running) {
  if (item.type === "user_message") running.user = item.id;
  if (SPEAKS.has(item.type)) running.spoke = true;
  if (item.type === "client_tool_call" && item.status === "pending") running.tool = item;
  find("examples").hidden = true;
  transcript.put(item);
}

async function done(item, running) {
  shown(item, running);
  if (item.type === "widget") progress("");
  if (item.type !== "assistant_message") return;
  const { text, commands } = messageText(item);
  if (text) find("announcer").textContent = text;
  if (commands.length) told(await chart.applyRead(commands));
}

async function effect({ name, data }, running) {
  running.spoke = true;
  if (name !== "chart_commands") {
    transcript.note(`The server asked for ${String(name).slice(0, 60)}, which this page does not know.`);
    return;
  }
  told(await chart.apply(data?.commands ?? []));
}

function told({ done: count, rejected }) {
  const parts = [`The chart did ${count} ${count === 1 ? "thing" : "things"}.`];
  if (rejected.length) parts.push(`Not understood: ${rejected.slice(0, 5).join(", ")}.`);
  transcript.note(parts.join(" "));
  find("to-chart").hidden = false; // on a small screen it is out of sight
}

// Actions of widgets

async function act(action, item) {
  if (action.handler === "client") {
    actHere(action);
    return;
  }
  if (talk.running) {
    progress("One thing at a time: the answer is still coming.");
    return;
  }
  const params = { thread_id: talk.thread, item_id: item.id, action: { type: action.type, payload: action.payload } };
  await turn("threads.custom_action", params, { again: () => act(action, item), mayBeSilent: true });
}

function actHere({ type, payload }) {
  if (type === "open_url") {
    const address = safeLink(payload?.url);
    if (address) window.open(address, "_blank", "noopener,noreferrer");
    else transcript.note("That address is not followed: only web addresses are.");
  } else if (type === "chart_command") {
    const given = payload?.commands ?? [payload?.command];
    const { commands, rejected } = readCommands(given);
    chart.applyRead(commands, rejected).then(told);
  } else {
    transcript.note(`This page does not know the action ${String(type).slice(0, 60)}.`);
  }
}

// The page around it

function waiting(on) {
  find("send").disabled = on;
  find("send").hidden = on;
  find("stop").hidden = !on;
  find("progress").classList.toggle("on", on);
  progress(on ? "The assistant is answering…" : "");
}

function progress(text) {
  find("progress").textContent = String(text ?? "");
}

async function showThread(id) {
  if (talk.running) return;
  const thread = await client.ask("threads.get_by_id", { thread_id: id });
  transcript.clear();
  openThread(thread);
  find("examples").hidden = true;
  let page = thread.items;
  let count = 0;
  while (page) {
    for (const item of page.data) transcript.put(item);
    count += page.data.length;
    const more = page.has_more && page.after && count < MOST_ITEMS;
    page = more ? await client.ask("items.list", { thread_id: id, limit: 100, order: "asc", after: page.after }) : null;
  }
  find("threads").open = false;
  find("talk-title").focus();
  await threads.list();
}

async function deleteThread(id) {
  if (talk.running) return;
  await client.ask("threads.delete", { thread_id: id });
  if (talk.thread === id) startAnew();
  await threads.list();
}

function startAnew() {
  if (talk.running) return;
  talk.thread = null;
  transcript.clear();
  find("talk-title").textContent = "Conversation";
  find("examples").hidden = false;
  find("question").focus();
}

async function guarded(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    transcript.problem(error, [["Try again", () => guarded(work)]]);
  }
}

function listen() {
  find("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = find("question").value.trim();
    if (text && !talk.running) ask(text);
  });
  find("question").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    find("ask-form").requestSubmit();
  });
  find("stop").addEventListener("click", () => talk.running?.stop.abort());
  find("new-thread").addEventListener("click", startAnew);
  find("more-threads").addEventListener("click", () => guarded(() => threads.more()));
  find("threads").addEventListener("keydown", (event) => {
    if (event.key === "Escape") find("threads").open = false;
  });
  for (const example of EXAMPLES) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = example;
    button.addEventListener("click", () => { if (!talk.running) ask(example); });
    find("examples").append(button);
  }
}

async function start() {
  listen();
  find("no-model").hidden = hasModel;
  const status = find("status");
  try {
    await client.session();
    const { versions } = await client.get("/health");
    status.textContent = Object.entries(versions).map(([name, version]) => `${name} ${version ?? "(none)"}`).join(" · ");
  } catch (error) {
    status.textContent = error.message;
  }
  await Promise.allSettled([chart.load("AAPL", "1D"), guarded(() => threads.list())]);
  document.documentElement.dataset.ready = "true";
}

start();
