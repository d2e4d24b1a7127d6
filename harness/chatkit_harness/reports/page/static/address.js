// What is looked at, and how it is filtered, is in the address: it can be sent, and Back leads to it again.

/** The address of a view: `address("causes", { kind: "fail", text: "" })` is `#causes?kind=fail`. */
export function address(name, chosen = {}) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(chosen)) {
    if (value !== "" && value !== null && value !== undefined && value !== false) query.set(key, String(value));
  }
  const said = query.toString();
  return said ? `#${name}?${said}` : `#${name}`;
}

/** Put what was chosen into the address, without going anywhere. */
export function remember(name, chosen) {
  try {
    history.replaceState(history.state, "", address(name, chosen));
  } catch {
    // A page inside a frame without an origin may not: its filters work all the same.
  }
}

/** The word by which an address names a view: `case` of `#case-0-12`; empty where it names none. */
export function wordOf(hash) {
  return hash.slice(1).split(/[-?]/, 1)[0];
}

/** #name-1-2?key=value as its parts; a name that is not `known` is the `fallback`. */
export function parsed(hash, known, fallback) {
  const mark = hash.indexOf("?");
  const path = mark < 0 ? hash.slice(1) : hash.slice(1, mark);
  const query = new URLSearchParams(mark < 0 ? "" : hash.slice(mark + 1));
  const [name, ...args] = path.split("-");
  return Object.hasOwn(known, name) ? { name, args, query } : { name: fallback, args: [], query };
}
