// The keyboard in a grid: one stop for the Tab key, arrows inside.

/** Let arrows, Home, End (with Ctrl: of the grid), PageUp and PageDown lead through the links of a table's cells. */
export function gridKeys(table) {
  const first = table.querySelector("td[data-row] a");
  if (first) first.tabIndex = 0;
  table.addEventListener("focusin", (event) => {
    const link = event.target.closest("td[data-row] a");
    if (!link) return;
    for (const other of table.querySelectorAll('td a[tabindex="0"]')) other.tabIndex = -1;
    link.tabIndex = 0;
  });
  table.addEventListener("keydown", (event) => {
    const here = event.target.closest("td[data-row]");
    const next = here && !event.altKey && !event.metaKey ? stepped(table, here, event) : null;
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-5, 0], PageDown: [5, 0] };

function stepped(table, here, event) {
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td[data-row]")]);
  const row = rows.findIndex((cells) => cells.includes(here));
  const at = rows[row].indexOf(here);
  if (event.key === "Home") return firstOf(event.ctrlKey ? rows.flat() : rows[row]);
  if (event.key === "End") return firstOf((event.ctrlKey ? rows.flat() : [...rows[row]]).reverse());
  const step = STEPS[event.key];
  return step && !event.ctrlKey ? along(rows, row, at, step) : null;
}

const linkIn = (cell) => cell?.querySelector("a") ?? null;

function firstOf(cells) {
  return linkIn(cells.find(linkIn));
}

/** The next link in a direction: places without a cell are passed over; a leap ends at the edge. */
function along(rows, row, at, [down, right]) {
  const far = Math.abs(down) > 1;
  const last = rows.length - 1;
  let to = far ? Math.min(last, Math.max(0, row + down)) : row + down;
  let column = at + right;
  const [then, aside] = [far ? -Math.sign(down) : down, right];
  while (to >= 0 && to <= last && column >= 0 && column < rows[to].length) {
    if (to === row && column === at) return null;
    const link = linkIn(rows[to][column]);
    if (link) return link;
    to += then;
    column += aside;
  }
  return null;
}
