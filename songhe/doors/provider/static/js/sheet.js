/* Booking a workbook some bills at a time, with a count; the page may be closed, and goes on where it stopped. */

const form = document.querySelector("[data-book-sheet]");

async function some() {
  const body = new FormData(form);
  body.set("part", "1");
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok || !answer.headers.get("Content-Type").startsWith("application/json")) throw new Error();
  return answer.json();
}

if (form) {
  const shown = form.querySelector("[data-progress]");
  const bar = shown.querySelector("progress");
  const soFar = shown.querySelector("[data-so-far]");
  const lost = form.querySelector("[data-lost]");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    button.disabled = true;
    shown.hidden = false;
    lost.hidden = true;
    try {
      for (;;) {
        const { next, done } = await some();
        bar.value = next;
        soFar.textContent = String(next);
        if (done) break;
      }
      window.location.reload();
    } catch {
      lost.hidden = false;
      button.disabled = false;
    }
  });
}
