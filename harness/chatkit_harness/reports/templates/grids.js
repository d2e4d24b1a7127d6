(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var panel = document.getElementById("cell"), list = document.getElementById("list");
  var found = document.getElementById("found"), words = document.getElementById("filter"), red = document.getElementById("red");
  var MOST = 300, here = null;
  function made(kind, text, more) {
    var node = document.createElement(kind);
    if (text !== undefined) { node.textContent = text; }
    Object.keys(more || {}).forEach(function (key) { node.setAttribute(key, more[key]); });
    return node;
  }
  function mark(outcome) {
    var name = data.outcomes[outcome], node = made("span", undefined, { "class": "mark " + name.replace(" ", "-") });
    node.append(made("span", data.symbols[outcome], { "aria-hidden": "true" }), made("span", name, { "class": "sr" }));
    return node;
  }
  function causes(cell, numbers) {
    cell.append("cause ");
    numbers.forEach(function (number, n) { cell.append(n ? ", " : "", made("a", number, { href: "#cause-" + number })); });
  }
  function transcript(letters) {
    var name = Array.from(atob(letters), function (each) { return each.charCodeAt(0).toString(16).padStart(2, "0"); }).join("");
    return data.transcripts + "/" + name.slice(0, 2) + "/" + name + (data.others[letters] || data.ending);
  }
  function row(cell, n) {
    var outcome = +cell[5][n], letters = cell[7].slice(43 * n, 43 * n + 43), why = data.texts[cell[6]].split("|")[n];
    var line = made("tr"), state = made("td"), cause = made("td"), links = made("td");
    state.append(mark(outcome), " " + data.outcomes[outcome] + (cell[11].indexOf(n) >= 0 ? ", confirmed" : ""));
    if (why) { causes(cause, why.split(",")); }
    if (cell[8][n]) { links.append(made("a", "the conversation", { href: "#" + cell[8][n] }), " "); }
    if (letters.trim()) { links.append(made("a", "transcript", { href: transcript(letters) })); }
    line.append(made("td", data.columns[n]), state, cause, links);
    return line;
  }
  function show(number) {
    var cell = data.cells[number], title = made("h3"), table = made("table"), pins = made("details");
    panel.replaceChildren();
    title.append(mark(cell[1]), " " + cell[0] + " ", made("span", data.words[cell[1]] + ": " + data.texts[cell[2]] + " (" + cell[9] + ")", { "class": "quiet" }));
    panel.append(title);
    cell[4].forEach(function (n) { panel.append(made("p", data.texts[n])); });
    for (var n = 0; n < data.columns.length; n += 1) { table.append(row(cell, n)); }
    pins.append(made("summary", "Third-party pins"), made("pre", data.texts[cell[3]].split(" ").join("\n") || "none", { "class": "pins" }));
    panel.append(table, pins);
    panel.hidden = false;
    if (here) { here.parentNode.classList.remove("here"); }
    here = document.querySelector('.grid a[href="#c' + number + '"]');
    if (here) { here.parentNode.classList.add("here"); }
    panel.scrollIntoView({ block: "nearest" });
  }
  function fill() {
    var wanted = words.value.toLowerCase().split(/[\s,]+/).filter(Boolean), number = 0, lines = [];
    data.cells.forEach(function (cell, n) {
      var text = cell[0].toLowerCase();
      if ((red.checked && cell[1] === 0) || !wanted.every(function (word) { return text.indexOf(word) >= 0; })) { return; }
      number += 1;
      if (lines.length >= MOST) { return; }
      var line = made("li");
      line.append(mark(cell[1]), " ", made("a", cell[0], { href: "#c" + n }), " " + data.texts[cell[2]]);
      if (cell[10].length) { line.append(", "); causes(line, cell[10].slice(0, 4)); }
      lines.push(line);
    });
    list.replaceChildren.apply(list, lines);
    found.textContent = number + " of " + data.cells.length + " cells" + (number > MOST ? ", the first " + MOST + " of them here: the filter above names others" : "");
  }
  function follow() {
    var wanted = /^#c(\d+)$/.exec(location.hash);
    if (wanted && data.cells[wanted[1]]) { show(+wanted[1]); }
  }
  words.addEventListener("input", fill);
  red.addEventListener("change", fill);
  window.addEventListener("hashchange", follow);
  fill();
  follow();
})();
