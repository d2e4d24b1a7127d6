// A case that the page does not have in full: where its transcript lies, and a way to open that file here.

import { inflated } from "./data.js";
import { copyable } from "./copy.js";
import { announce, h } from "./dom.js";
import { complete } from "./case_data.js";

/** Words, a link and a file input. `draw(transcript)` is called with what was opened. */
export function besideThePage({ link, command, outcome, draw }) {
  if (!link) {
    return h("section", { class: "case-part beside" }, h("h3", {}, "There is no transcript"),
      h("p", {}, outcome === "not run" ? "This case was not run." : `Nothing was driven: the case is ${outcome}.`), command ? copyable(command) : null,
    );
  }
  const said = h("p", { class: "bad", role: "status" });
  const input = h("input", { type: "file", accept: ".json,.gz,application/json,application/gzip", id: "case-file" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    said.textContent = "Reading…";
    try {
      draw(await opened(file), file.name);
      said.textContent = "";
    } catch (error) {
      said.textContent = `${file.name} cannot be shown: ${error.message}`;
    }
  });
  return h("section", { class: "case-part beside" },
    h("h3", {}, "Its transcript lies beside this page"),
    h("p", {}, "The page has what says most in full, and no room for every case. This one is stored as ", h("a", { href: link, download: "" }, link.split("/").slice(-1)[0].slice(0, 12), "…"), ":"),
    h("p", {}, h("code", { class: "path" }, link)),
    h("p", {}, h("label", { for: "case-file" }, "Open that file here: "), input),
    said,
    command ? [h("p", {}, "Or show the case again:"), copyable(command)] : null,
  );
}

/** The transcript in a file, plain or packed. */
export async function opened(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = new TextDecoder().decode(packed ? await inflated(bytes, "gzip") : bytes);
  const transcript = complete(JSON.parse(text));
  announce("The transcript is shown.");
  return transcript;
}
