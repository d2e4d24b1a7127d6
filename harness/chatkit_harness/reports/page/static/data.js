// The data of the page: blocks of compressed JSON, each read when it is asked for, and then kept.

const kept = new Map();

/** The JSON of a block; null where the page has none of that name. */
export function block(name) {
  if (!kept.has(name)) kept.set(name, read(name).then((bytes) => bytes && JSON.parse(new TextDecoder().decode(bytes))));
  return kept.get(name);
}

/** The bytes of a block; null where the page has none of that name. */
export function bytesOf(name) {
  const key = `bytes of ${name}`;
  if (!kept.has(key)) kept.set(key, read(name));
  return kept.get(key);
}

async function read(name) {
  const element = document.getElementById(`data-${name}`);
  if (!element) return null;
  const packed = Uint8Array.from(atob(element.textContent), (letter) => letter.charCodeAt(0));
  return inflated(packed, "deflate-raw");
}

/** What compressed bytes hold: `format` is "gzip" or "deflate-raw". */
export async function inflated(bytes, format) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
