/* The assessor's pages where there is a network: everything works without this, too. */

import { photo, place, signing } from "./evidence.js";
import { tell, watch } from "./form.js";
import * as sync from "./sync.js";

/* The page for no network is kept anew when another language, size or account is on this device. */
function worker() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/assessor/worker.js", { scope: "/assessor/" }).catch(() => {});
  const { lang, dataset } = document.documentElement;
  const looks = [lang, dataset.size, dataset.theme, document.querySelector("[data-device]")?.dataset.account].join();
  if (sessionStorage.getItem("songhe-assessor-looks") === looks) return;
  navigator.serviceWorker.ready.then((ready) => {
    ready.active?.postMessage("refresh");
    sessionStorage.setItem("songhe-assessor-looks", looks);
  });
}

async function start() {
  worker();
  if (!(await sync.ready())) return;
  const shown = document.getElementById("device-state");
  const page = document.querySelector("[data-visit]");
  const state = shown ? await sync.take(JSON.parse(shown.textContent)) : null;
  if (page?.dataset.form !== undefined && state) onForm(page, state);
  if (page?.dataset.check !== undefined && state) onCheck(page, state);
  await keeping();
  await marks();
  sync.soon(0);
  document.documentElement.dataset.device = "ready";
}

function onForm(page, state) {
  const form = page.querySelector("[data-step-form]");
  const { no } = state;
  const step = form.dataset.stepForm;
  tell(form, state);
  watch(form, no, step);
  sync.whenTold((now) => now.no === no && tell(form, now));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const go = event.submitter?.value ?? "check";
    await sync.finished(no, step);
    const done = Object.values(await sync.flush());
    if (done.includes("refused")) {
      document.querySelector("[data-device]").scrollIntoView();
      return;
    }
    location.assign(sync.visitAddress(no, go === "visit" ? "" : go === "check" ? "check/" : `form/${go}/`));
  });
}

function onCheck(page, state) {
  photo(page, state.no);
  place(page, state.no);
  const seen = page.querySelector("[name=seen]")?.value;
  signing(page, state.no, async () => seen);
}

/* The button that keeps this visit on the device. */
async function keeping() {
  const box = document.querySelector("[data-keep]");
  if (!box) return;
  const no = box.dataset.keep;
  const press = box.querySelector("button");
  box.hidden = false;
  const label = async () => {
    const held = await sync.kept(no);
    press.querySelector("span").textContent = held ? sync.word("drop") : sync.word("toKeep");
    press.setAttribute("aria-pressed", String(Boolean(held)));
    return held;
  };
  if (await label()) await sync.keep(no);
  press.addEventListener("click", async () => {
    if (await sync.kept(no)) await sync.unkeep(no);
    else await sync.keep(no);
    await label();
  });
}

/* On the schedule: which visits are kept; what is no longer to be done is dropped. */
async function marks() {
  const cards = [...document.querySelectorAll("[data-visit-card]")];
  if (!cards.length) return;
  for (const visit of await sync.allKept()) {
    const card = cards.find((one) => one.dataset.visitCard === visit.no);
    if (!card) {
      await sync.unkeep(visit.no);
      continue;
    }
    const line = document.createElement("p");
    line.className = "visit-kept";
    line.textContent = sync.word("kept");
    card.append(line);
  }
}

start();
