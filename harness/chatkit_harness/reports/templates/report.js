"use strict";
(function () {
  var words = document.getElementById("filter"), red = document.getElementById("red");
  var all = Array.prototype.slice.call(document.querySelectorAll("[data-find]"));
  document.querySelectorAll("nav .filter").forEach(function (each) { each.hidden = false; });
  function apply() {
    var wanted = words.value.toLowerCase().split(/[\s,]+/).filter(Boolean);
    all.forEach(function (each) {
      var text = each.dataset.find.toLowerCase();
      var shown = wanted.every(function (word) { return text.indexOf(word) >= 0; });
      each.hidden = !shown || (red.checked && each.dataset.state === "pass");
    });
  }
  words.addEventListener("input", apply);
  red.addEventListener("change", apply);
  function open() {
    var target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") { target.hidden = false; target.open = true; target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", open);
  open();
})();
