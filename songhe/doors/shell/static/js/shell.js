/* What the frame does when scripts run. Without them every page works as plain forms. */

import "./leave.js";

const root = document.documentElement;

/* The error summary, or whatever asks for it, takes the focus. */
function focusWithin(part) {
  const wanted = part.querySelector("[data-focus]");
  if (wanted) wanted.focus();
}

/* Size and colours change on the spot; the server is told quietly. */
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-switches]");
  const button = event.submitter;
  if (!form || !button || !button.name) return;
  event.preventDefault();
  root.dataset[button.name] = button.value;
  for (const other of form.querySelectorAll(`button[name="${button.name}"]`)) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  const body = new URLSearchParams(new FormData(form));
  body.set(button.name, button.value);
  fetch(form.action, { method: "POST", body, headers: { "X-Songhe-Quiet": "1" } });
});

/* A form is sent once: its buttons rest until the answer comes. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  if (event.submitter) event.submitter.dataset.busy = "1";
});

/* Coming back through the history must find the form ready again. */
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-busy]")) delete button.dataset.busy;
});

/* Menus close when one looks elsewhere. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  if (event.target.closest("[data-print]")) window.print();
  const back = event.target.closest("[data-close]");
  if (back) {
    const opened = back.closest("details");
    if (opened) {
      opened.open = false;
      const summary = opened.querySelector("summary");
      if (summary) summary.focus();
    }
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.activeElement && document.activeElement.closest("details.menu[open]");
    closeMenus(null);
    if (menu) menu.querySelector("summary").focus();
    return;
  }
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector("[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

/* What was revealed hides itself again. */
function hideLater(part) {
  for (const shown of part.querySelectorAll("[data-hide-after]")) {
    const masked = shown.dataset.masked || "";
    window.setTimeout(() => {
      shown.textContent = masked;
    }, Number(shown.dataset.hideAfter) * 1000);
  }
}

/* Parts that htmx brings in. */
document.addEventListener("htmx:after:swap", () => {
  focusWithin(document);
  hideLater(document);
});

focusWithin(document);
hideLater(document);
