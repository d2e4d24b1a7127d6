// The list of earlier conversations, newest first, a page at a time.

const PAGE = 20;

export class ThreadList {
  #client;
  #find;
  #does;
  #after = null;

  /** `does` holds current(), the id of the thread that is open, and open(id) and remove(id). */
  constructor(client, find, does) {
    this.#client = client;
    this.#find = find;
    this.#does = does;
  }

  /** Show the newest. Raises RequestError. */
  async list() {
    const entries = await this.#page({});
    this.#find("thread-list").replaceChildren(...entries);
    if (!entries.length) {
      const nothing = document.createElement("li");
      nothing.textContent = "Nothing yet.";
      this.#find("thread-list").append(nothing);
    }
  }

  /** Show the next page, too. Raises RequestError. */
  async more() {
    this.#find("thread-list").append(...(await this.#page({ after: this.#after })));
  }

  async #page(more) {
    const page = await this.#client.ask("threads.list", { limit: PAGE, order: "desc", ...more });
    this.#after = page.has_more ? page.after : null;
    this.#find("more-threads").hidden = !page.has_more;
    return page.data.map((thread) => this.#entry(thread));
  }

  #entry(thread) {
    const entry = document.createElement("li");
    const title = thread.title || `Conversation of ${new Date(thread.created_at).toLocaleString()}`;
    const open = this.#button(title, () => this.#does.open(thread.id));
    open.dir = "auto";
    if (thread.id === this.#does.current()) open.setAttribute("aria-current", "true");
    const remove = this.#button("Delete", () => this.#does.remove(thread.id));
    remove.setAttribute("aria-label", `Delete ${title}`);
    entry.append(open, remove);
    return entry;
  }

  #button(words, click) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", click);
    return button;
  }
}
