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

document.addEventListener("htmx:after:swap", (event) => {
  const main = document.getElementById("main");
  if (!main || document.activeElement !== document.body) return;
  if (main.querySelector("[data-focus]")) return;
  main.focus();
});
