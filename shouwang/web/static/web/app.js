// What the pages gain from a script. Every page works without it: links lead, forms submit, details open.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (type, act) => document.addEventListener(type, act);

  // --- the menu as a drawer below 900 px
  let opener = null;
  const menu = () => document.getElementById("menu");
  function openMenu(button) {
    opener = button;
    button.setAttribute("aria-expanded", "true");
    menu().classList.add("is-open");
    document.body.classList.add("is-locked");
    all(".stage, .practice, .skip").forEach((part) => { part.inert = true; });
    menu().querySelector("[data-menu-close]").focus();
  }
  function closeMenu() {
    if (!opener) return;
    menu().classList.remove("is-open");
    document.body.classList.remove("is-locked");
    all(".stage, .practice, .skip").forEach((part) => { part.inert = false; });
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
    opener = null;
  }
  matchMedia("(min-width: 900px)").addEventListener("change", closeMenu);

  // --- a question before a grave act: <form data-confirm="…" data-confirm-title="…" data-confirm-button="…">
  let answered = null;
  function ask(form, submitter) {
    const dialog = document.getElementById("confirm");
    dialog.querySelector("[data-confirm-title]").textContent = form.dataset.confirmTitle || "请核对";
    dialog.querySelector("[data-confirm-text]").textContent = form.dataset.confirm;
    dialog.querySelector("[value=yes]").textContent = form.dataset.confirmButton || "确定";
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return submitter?.focus();
      answered = form;
      form.requestSubmit(submitter);
    };
    dialog.showModal();
  }

  // --- keyboard: inside a part marked data-keys, data-key="1" is that key's button or field. Only while the focus is in the
  // part (WCAG 2.1.4); other scripts may listen to "shouwang:key".
  function shortcut(event) {
    if (event.key === "Escape") { closeMenu(); closeSheets(); }
    const area = event.target.closest?.("[data-keys]");
    const typing = event.target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
    if (!area || typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const target = all("[data-key]", area).find((part) => part.dataset.key === event.key && part.offsetParent);
    area.dispatchEvent(new CustomEvent("shouwang:key", { bubbles: true, detail: { key: event.key, target } }));
    if (!target) return;
    event.preventDefault();
    target.matches("input, select, textarea") ? target.focus() : target.click();
  }
  // The focus does not stay on a link that is no longer there: it goes back to what opened the sheet.
  const closeSheets = (except) => all("details.person[open]").forEach((part) => {
    if (part === except) return;
    const within = part.contains(document.activeElement);
    part.open = false;
    if (within) part.querySelector("summary").focus();
  });

  on("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    const button = hit("[data-menu-open]");
    if (button) { event.preventDefault(); openMenu(button); }
    if (hit("[data-menu-close]") || event.target === menu()) closeMenu();
    if (hit("[data-print]")) window.print();
    closeSheets(hit("details.person"));
  });
  on("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && answered !== form) { event.preventDefault(); event.stopPropagation(); ask(form, event.submitter); }
    answered = null;
  });
  // On paper nothing can be unfolded: what is folded is opened to print and folded again.
  addEventListener("beforeprint", () => all("main details:not([open])").forEach((part) => { part.open = true; part.dataset.wasFolded = ""; }));
  addEventListener("afterprint", () => all("details[data-was-folded]").forEach((part) => { part.open = false; delete part.dataset.wasFolded; }));
  on("keydown", shortcut);
  on("change", (event) => {
    const box = event.target;
    if (box.matches("[data-pick-all]")) all(".pick [name]", box.form).forEach((one) => { one.checked = box.checked; });
    if (box.closest?.(".pick")) count(box.form);
    if (box.matches(".drop input")) name(box);
  });
  function count(form) {
    const boxes = all(".pick [name]", form), picked = boxes.filter((one) => one.checked).length;
    all("[data-picked]", form).forEach((part) => { part.textContent = picked; });
    all("[data-pick-all]", form).forEach((one) => { one.checked = picked === boxes.length; one.indeterminate = picked > 0 && picked < boxes.length; });
  }

  // --- files dropped on a field, and their names said
  function name(input) {
    const names = [...input.files].map((file) => file.name).join("、");
    input.closest(".drop").querySelector("[data-drop-names]").textContent = names ? `已选：${names}` : "";
  }
  for (const type of ["dragover", "dragleave", "drop"]) on(type, (event) => {
    const drop = event.target.closest?.(".drop");
    if (!drop) return;
    event.preventDefault();
    drop.classList.toggle("is-over", type === "dragover");
    if (type !== "drop") return;
    const input = drop.querySelector("input");
    input.files = event.dataTransfer.files;
    name(input);
  });

  // --- charts are loaded only where one is shown; after HTMX puts new parts in, they are prepared too
  const load = (address) => new Promise((done) => {
    const script = Object.assign(document.createElement("script"), { src: address, onload: done });
    document.head.append(script);
  });
  async function prepare() {
    if (!document.querySelector("[data-chart]")) return;
    const { library, drawing } = document.querySelector("meta[name=charts]").dataset;
    if (!window.echarts) await load(library);
    if (!window.drawCharts) await load(drawing);
    window.drawCharts();
  }
  on("DOMContentLoaded", async () => {
    document.querySelector(".errors")?.focus();
    await prepare();
    document.body.dataset.ready = "yes";
  });
  on("htmx:afterSettle", prepare);
  // --- HTMX: an answer from another address (the login page) or an error page is shown whole, never put into a part
  on("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const asked = new URL(requestConfig.path, location.href).pathname;
    const came = xhr.responseURL ? new URL(xhr.responseURL).pathname : asked;
    if (asked === came && xhr.status < 400) return;
    event.detail.shouldSwap = false;
    location.assign(requestConfig.verb === "get" && asked === location.pathname ? asked : location.href);
  });
  on("htmx:sendError", () => { document.getElementById("offline").hidden = false; });
  on("htmx:afterOnLoad", () => { document.getElementById("offline").hidden = true; });
})();
