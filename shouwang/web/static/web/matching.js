// The workbench: the focus stays with the row, arrows move between the people, a key held down decides one row only.
(() => {
  "use strict";
  const bench = () => document.getElementById("bench");
  const choices = () => [...bench().querySelectorAll("[data-choice]")];

  function settle() {
    const part = bench()?.querySelector("[data-bench-focus]");
    if (!part) return;
    part.focus({ preventScroll: true });
    if (bench().getBoundingClientRect().top < 0) bench().scrollIntoView();
  }
  // Before app.js sees it: the next row must not be decided by the key that decided this one.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    if (event.repeat && !typing && event.target.closest?.("#bench") && !event.key.startsWith("Arrow")) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.closest?.("input, textarea, select") || !event.target.closest?.("#bench")) return;
    const all = choices(), place = all.indexOf(document.activeElement);
    const next = place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step;
    if (!all[next]) return;
    event.preventDefault();
    all[next].focus();
  });
  document.addEventListener("DOMContentLoaded", settle);
  document.addEventListener("htmx:afterSettle", settle);
})();
