/* The till as a terminal: the keypad types into the field of the amount, the screen is filled when somebody asks for
   it, and while the terminal stands open its sign-in does not end for want of customers. */

const STAY_SIGNED_IN = 5 * 60 * 1000;

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]");
  if (!key) return;
  const field = document.querySelector("[data-amount]");
  if (!field) return;
  const typed = key.dataset.key;
  if (typed === "back") field.value = field.value.slice(0, -1);
  else if (typed === "." && field.value.includes(".")) return;
  else if (field.value.length < 9) field.value += typed;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

/* The keypad works only here, so that it is shown only here. */
function prepare() {
  for (const pad of document.querySelectorAll("[data-keypad]")) pad.hidden = false;
}

prepare();
new MutationObserver(prepare).observe(document.getElementById("main"), { childList: true, subtree: true });

if (document.body.classList.contains("terminal")) {
  document.addEventListener(
    "pointerdown",
    () => document.documentElement.requestFullscreen?.().catch(() => {}),
    { once: true },
  );
  window.setInterval(() => {
    if (!document.hidden) fetch(window.location.href, { method: "HEAD" }).catch(() => {});
  }, STAY_SIGNED_IN);
}
