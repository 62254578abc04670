/* What the desk adds when scripts run: j and k walk a list, Enter opens; after an act the page is read from its top. */

let at = -1;

function rows() {
  return [...document.querySelectorAll("table[data-rows] tbody tr")];
}

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key !== "j" && event.key !== "k") return;
  const all = rows();
  if (!all.length) return;
  event.preventDefault();
  at = Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), all.length - 1);
  const link = all[at].querySelector("a");
  if (link) link.focus();
  all[at].scrollIntoView({ block: "nearest" });
});

/* x ticks the row that j and k stand on. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "x" || event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const box = rows()[at] && rows()[at].querySelector('input[name="no"]');
  if (box) box.click();
});

/* ? shows the keys. */
const keys = document.querySelector("[data-keys-list]");
const opener = document.querySelector("[data-keys]");
if (keys && opener) {
  opener.hidden = false;
  opener.addEventListener("click", () => keys.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    if (!keys.open) keys.showModal();
  });
}

/* A batch: one box ticks the page, and says how many are chosen. */
const boxesOf = (form) => [...form.querySelectorAll(`input[name="${form.dataset.batch || "no"}"]`)];

function countChosen() {
  for (const form of document.querySelectorAll("form[data-batch]")) {
    const boxes = boxesOf(form);
    const every = form.querySelector("[data-all]");
    const chosen = boxes.filter((box) => box.checked).length;
    if (every) {
      every.hidden = !boxes.length;
      every.checked = chosen > 0 && chosen === boxes.length;
      every.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    const said = form.querySelector("[data-chosen]");
    if (said) said.textContent = chosen ? `${chosen} / ${boxes.length}` : "";
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-batch]");
  if (!form) return;
  if (event.target.matches("[data-all]")) {
    for (const box of boxesOf(form)) box.checked = event.target.checked;
  }
  countChosen();
});

countChosen();

let main = document.getElementById("main");

document.addEventListener("htmx:after:swap", () => {
  const now = document.getElementById("main");
  /* Parts that renew themselves leave the reader where they are. */
  if (!now || now === main) return;
  main = now;
  at = -1;
  if (document.activeElement === document.body && !now.querySelector("[data-focus]")) now.focus();
});
