/* The big screen asks for its figures anew. It says that nobody is at the desk, and says when it is no longer fresh. */

import { draw } from "./charts.js";

const screen = document.getElementById("screen");
const note = document.getElementById("screen-note");

async function renew() {
  try {
    const answer = await fetch(screen.dataset.again, { headers: { "X-Songhe-Poll": "1" }, redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    if (!text.includes("screen-head")) throw new Error("not the screen");
    screen.innerHTML = text;
    note.textContent = "";
    draw(screen);
  } catch {
    note.textContent = note.dataset.stale;
  }
}

window.setInterval(renew, Number(screen.dataset.every) * 1000);
