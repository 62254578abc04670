/* The code that changes: count the seconds down, ask for the next one, keep the screen awake. */

const part = document.getElementById("code");
const PLACE = /\d+/;
let ends = 0;
let asked = false;

function begin() {
  const card = part.querySelector("[data-seconds]");
  if (!card) return;
  ends = performance.now() + Number(card.dataset.seconds) * 1000;
  asked = false;
  part.classList.remove("old");
}

function ask() {
  if (asked) return;
  asked = true;
  part.dispatchEvent(new CustomEvent("renew"));
}

/* What is shown is never older than its half minute: it fades until the next one is there. */
function tick() {
  const left = Math.ceil((ends - performance.now()) / 1000);
  const count = part.querySelector("[data-count]");
  const bar = part.querySelector(".left-bar");
  if (count) count.textContent = count.textContent.replace(PLACE, String(Math.max(0, left)));
  if (bar) bar.value = Math.max(0, left);
  if (left > 0 || document.hidden) return;
  part.classList.add("old");
  ask();
}

/* Without an answer it asks again: a telephone loses its network more often than its patience. */
function again() {
  window.setTimeout(() => {
    asked = false;
  }, 3000);
}

part.addEventListener("htmx:after:swap", begin);
document.addEventListener("htmx:after:swap", begin);
part.addEventListener("htmx:error", again);
document.addEventListener("htmx:response:error", again);

part.addEventListener("click", (event) => {
  if (!event.target.closest("[data-renew]")) return;
  event.preventDefault();
  asked = false;
  ask();
});

let lock = null;

async function stayAwake() {
  if (!("wakeLock" in navigator) || document.hidden) return;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    lock = null; // A nearly empty battery refuses; the page works without.
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  stayAwake();
  tick();
});

begin();
stayAwake();
window.setInterval(tick, 250);
