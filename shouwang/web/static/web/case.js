// The form of a step: fields the chosen outcome or another answer does not want are hidden. Without a script all are shown.
(() => {
  "use strict";
  const form = document.querySelector("[data-act]");
  if (!form) return;
  const chosen = (name) => [...form.querySelectorAll(`[name="${name}"]`)]
    .filter((part) => part.type === "hidden" || part.checked || !["radio", "checkbox"].includes(part.type))
    .map((part) => part.value);
  const wrong = (part) => part.querySelector(".field--wrong") !== null;

  function fits(part) {
    const { ways, when, whenIs } = part.dataset;
    const [way] = chosen("way");
    if (ways && way && !ways.split(" ").includes(way)) return false;
    return !when || chosen(when).includes(whenIs);
  }
  function settle() {
    for (const part of form.querySelectorAll(".asked")) part.hidden = !fits(part) && !wrong(part);
    const late = form.querySelector("[data-late-before]"), day = form.querySelector("[name=occurred_on]");
    const part = late?.closest(".asked");
    if (part) part.hidden = !(day.value && day.value < late.dataset.lateBefore) && !late.value && !wrong(part);
    const button = form.querySelector("button[data-ways]");
    if (!button) return;
    button.dataset.plain ??= button.textContent;
    button.textContent = button.dataset.ways.split(" ").includes(chosen("way")[0]) ? button.dataset.next : button.dataset.plain;
  }
  form.addEventListener("change", settle);
  form.addEventListener("input", settle);
  settle();
})();
