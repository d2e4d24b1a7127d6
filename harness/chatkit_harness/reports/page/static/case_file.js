// A case that the page does not have in full: where its transcript lies, and a way to open that file here.

import { inflated } from "./data.js";
import { copyable } from "./copy.js";
import { announce, h } from "./dom.js";
import { complete } from "./case_data.js";

const NOT_DRIVEN = new Set(["not run", "skipped", "unresolvable"]);

/** Words, a link and a file input. `draw(transcript, name)` is called with what was opened.
 *
 * Without a `link`, `known` says whether the page has the case's result, `digest` is its transcript's name, and `named` whether the page names them all.
 */
export function besideThePage({ link, known, digest, named, place, command, note, outcome, draw }) {
  if (!link && NOT_DRIVEN.has(outcome)) {
    return h("section", { class: "case-part beside" }, h("h3", {}, "There is no transcript"),
      h("p", {}, outcome === "not run" ? "This case was not run." : `Nothing was driven: the case is ${outcome}.`), command ? [copyable(command), note] : null,
    );
  }
  return h("section", { class: "case-part beside" },
    link ? linked(link) : unlinked({ known, digest, named, place, outcome }),
    known && !digest ? null : opener(draw),
    command ? [h("p", {}, "Or show the case again:"), copyable(command), note] : null,
  );
}

function linked(link) {
  return [
    h("h3", {}, "Its transcript lies beside this page"),
    h("p", {}, "The page has what says most in full, and no room for every case. This one is stored as ", h("a", { href: link, download: "" }, link.split("/").slice(-1)[0].slice(0, 12), "…"), ":"),
    h("p", {}, h("code", { class: "path" }, link)),
  ];
}

function unlinked({ known, digest, named, place, outcome }) {
  if (known && !digest) return [h("h3", {}, "There is no transcript"), h("p", {}, `The case is ${outcome}, and left none.`)];
  if (digest) {
    return [h("h3", {}, "Its transcript cannot be shown"),
      h("p", {}, "The case was driven, and the results name its transcript; when this page was drawn its file was missing or could not be read:"),
      h("p", {}, h("code", { class: "path" }, digest))];
  }
  if (!named) {
    return [h("h3", {}, "Its transcript is not linked"),
      h("p", {}, "The run has too many cases for the page to name each one's transcript: those of cases that fail come first. results.json names it, in the case of ", place, ".")];
  }
  return [h("h3", {}, "There is no transcript to link"),
    h("p", {}, "When this page was drawn there was no file for it in the run's transcripts: it is lost, or the case left none. results.json tells which, in the case of ", place, ".")];
}

function opener(draw) {
  const said = h("p", { class: "bad", role: "status" });
  const input = h("input", { type: "file", accept: ".json,.gz,application/json,application/gzip", id: "case-file" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    said.textContent = "Reading…";
    try {
      await draw(await opened(file), file.name);
      said.textContent = "";
    } catch (error) {
      said.textContent = `${file.name} cannot be shown: ${error.message}`;
    }
  });
  return [h("p", {}, h("label", { for: "case-file" }, "Open its file here: "), input), said];
}

/** Of a Python a run may know the minor release alone, or a command in the place of a version. */
function same(key, found, wanted) {
  return found === wanted || (key === "Python" && (!/^\d/.test(wanted) || found.startsWith(`${wanted}.`)));
}

/** What of a transcript is another case's, in words; null where nothing contradicts that it is this one's. */
export function foreign(run, cell, column, transcript) {
  const [scenario, path] = run.columns[column];
  const { chatkit, agents, python, resolution } = run.cells[cell];
  const wanted = { scenario: run.scenarios[scenario].id, path: run.paths[path].id };
  const pins = transcript.cell?.pins ?? {};
  const found = { scenario: transcript.scenario, path: transcript.path };
  if (resolution !== "running") {
    Object.assign(wanted, { chatkit, agents, Python: python, ...run.pinsOf(cell) });
    Object.assign(found, { chatkit: pins["openai-chatkit"], agents: pins["openai-agents"], Python: transcript.cell?.python, ...pins });
  }
  const other = Object.keys(wanted).filter((key) => wanted[key] && found[key] && !same(key, String(found[key]), String(wanted[key])));
  if (!other.length) return null;
  const told = other.slice(0, 4).map((key) => `${key} ${String(found[key]).slice(0, 120)} and not ${wanted[key]}`);
  return `This is the transcript of another case: it has ${told.join("; ")}${other.length > 4 ? `; and ${other.length - 4} more` : ""}.`;
}

async function unpacked(bytes) {
  try {
    return await inflated(bytes, "gzip");
  } catch {
    throw new Error("It is packed and cannot be unpacked: damaged, or cut short.");
  }
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`It is no JSON (${error.message}).`);
  }
}

/** The transcript in a file, plain or packed. */
export async function opened(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = new TextDecoder().decode(packed ? await unpacked(bytes) : bytes);
  const transcript = complete(json(text));
  announce("The transcript is shown.");
  return transcript;
}
