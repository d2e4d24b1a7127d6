// What this page says to its server: a session, ChatKit requests with their event streams, and the chart's own
// routes. Every failure is a RequestError with words for people.

const WORDS = {
  chatkit_missing: "This server runs without chatkit, so it holds no conversations. The chart works without.",
  rate_limited: "That was too many requests in a short time. Wait a moment, then try again.",
  not_implemented: "This server does not offer that.",
  unknown_thread: "This conversation is no longer there.",
};
const SESSION_ENDED = new Set(["session_expired", "unknown_session", "token_expired", "token_invalid", "token_missing"]);

/** A request that failed: `status` (0 where nobody answered), `code`, `message` and `correlationId`. */
export class RequestError extends Error {
  constructor({ status = 0, code = "unreachable", message, correlationId = null, retry = true }) {
    super(WORDS[code] ?? message);
    Object.assign(this, { status, code, correlationId, retry });
  }
}

const KEPT = "chatkit-client-secret";

/** Talks to the server. The client secret is kept in `storage` (a tab's own), since it alone proves after a
 * reload whose conversations these are; without storage it ends with this object.
 */
export class Client {
  #secret;
  #session = null;
  #opening = null;
  #storage;

  constructor({ storage = null } = {}) {
    this.#storage = storage;
    this.#secret = storage?.getItem(KEPT) ?? null;
  }

  /** {client_secret, session_id, user}, opened where there is none yet. */
  session() {
    this.#opening ??= this.#open().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #open() {
    const body = this.#secret ? { existing_session: this.#secret } : {};
    const response = await this.#fetch("/api/chatkit/session", { method: "POST", body: JSON.stringify(body) });
    this.#session = await response.json();
    this.#secret = this.#session.client_secret;
    this.#storage?.setItem(KEPT, this.#secret);
    return this.#session;
  }

  /** The JSON of a GET. */
  async get(path, query = {}) {
    const response = await this.#authorised(`${path}?${new URLSearchParams(query)}`, { method: "GET" });
    return response.json();
  }

  /** The JSON of a POST; with `session`, the body names it. */
  async post(path, body, { session = false } = {}) {
    const make = () => JSON.stringify(session ? { ...body, session_id: this.#session.session_id } : body);
    return (await this.#authorised(path, { method: "POST", body: make })).json();
  }

  /** The JSON answer of a ChatKit request. */
  async ask(type, params) {
    return (await this.#authorised("/chatkit/sdk", { method: "POST", body: () => JSON.stringify({ type, params }) })).json();
  }

  /** Each event of a ChatKit request that is answered by a stream, in order. `correlationId` comes with each.
   *
   * Raises RequestError where there is no stream; one that breaks off in the middle is an error, too.
   */
  async *stream(type, params, signal) {
    const body = () => JSON.stringify({ type, params });
    const response = await this.#authorised("/chatkit/sdk", { method: "POST", body, signal });
    const correlationId = response.headers.get("x-correlation-id");
    try {
      for await (const event of events(response.body)) yield { event, correlationId };
    } catch (error) {
      if (signal?.aborted) return;
      throw error instanceof RequestError ? error
        : new RequestError({ code: "broken_off", message: "The answer broke off in the middle.", correlationId });
    }
  }

  async #authorised(path, options) {
    await this.session();
    try {
      return await this.#fetch(path, options);
    } catch (error) {
      if (!SESSION_ENDED.has(error.code)) throw error;
      this.#opening = null; // the session is over: with a new one the same request holds
      await this.session();
      return this.#fetch(path, options);
    }
  }

  async #fetch(path, { method, body, signal }) {
    const headers = { accept: "application/json, text/event-stream" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (this.#secret && path !== "/api/chatkit/session") headers.authorization = `Bearer ${this.#secret}`;
    let response;
    try {
      const sent = typeof body === "function" ? body() : body;
      response = await fetch(path, { method, headers, body: sent, signal, credentials: "omit", cache: "no-store" });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new RequestError({ message: "The server did not answer. Is it still running?" });
    }
    if (response.ok) return response;
    throw await refusal(response);
  }
}

async function refusal(response) {
  let error = {};
  try {
    error = (await response.json()).error ?? {};
  } catch {
    // not the server's own words: a proxy's page, say
  }
  return new RequestError({
    status: response.status,
    code: String(error.code ?? "http_error"),
    message: String(error.message ?? `The server answered with status ${response.status}.`),
    correlationId: error.correlation_id ?? response.headers.get("x-correlation-id"),
    retry: response.status >= 500 || response.status === 429 || response.status === 408,
  });
}

/** The events of a stream: `data:` lines of JSON, a blank line after each. */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    text += (value ?? "").replaceAll("\r", "");
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const event = parsed(part);
      if (event) yield event;
    }
    if (done) break;
  }
  const last = parsed(text);
  if (last) yield last;
}

function parsed(part) {
  const data = part.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trim());
  if (!data.length) return null;
  try {
    return JSON.parse(data.join("\n"));
  } catch {
    throw new RequestError({ code: "bad_event", message: "The server sent something that is no event." });
  }
}

/** What a user types, as ChatKit's input. */
export function userInput(text) {
  return { content: [{ type: "input_text", text }], attachments: [], inference_options: {} };
}

/** A thread item after one of its updates; the same item where the update is not known. */
export function updated(item, update) {
  const kind = update?.type ?? "";
  if (kind.startsWith("assistant_message.")) return { ...item, content: contentAfter(item.content ?? [], kind, update) };
  if (kind === "widget.root.updated") return { ...item, widget: update.widget };
  if (kind === "widget.component.updated") return { ...item, widget: replaced(item.widget, update.component_id, () => update.component) };
  if (kind === "widget.streaming_text.value_delta") {
    const grown = (part) => ({ ...part, value: `${part.value ?? ""}${update.delta}`, streaming: !update.done });
    return { ...item, widget: replaced(item.widget, update.component_id, grown) };
  }
  if (kind.startsWith("workflow.task.")) {
    const tasks = [...(item.workflow?.tasks ?? [])];
    tasks[update.task_index] = update.task;
    return { ...item, workflow: { ...item.workflow, tasks } };
  }
  if (kind === "generated_image.updated") return { ...item, image: update.image };
  return item;
}

function contentAfter(content, kind, update) {
  const parts = [...content];
  const at = update.content_index ?? 0;
  const part = parts[at] ?? { type: "output_text", text: "", annotations: [] };
  if (kind.endsWith("text_delta")) parts[at] = { ...part, text: part.text + update.delta };
  else if (kind.endsWith("annotation_added")) parts[at] = { ...part, annotations: [...(part.annotations ?? []), update.annotation] };
  else if (update.content) parts[at] = update.content;
  return parts;
}

function replaced(component, id, make) {
  if (Array.isArray(component)) return component.map((child) => replaced(child, id, make));
  if (!component || typeof component !== "object") return component;
  if (component.id === id) return make(component);
  return component.children ? { ...component, children: replaced(component.children, id, make) } : component;
}
