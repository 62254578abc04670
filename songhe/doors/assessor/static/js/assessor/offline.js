/* The page that the worker shows where there is no network: the address says which visit and which step. */

import { photo, place, signing } from "./evidence.js";
import { content, questions, tell, value, watch } from "./form.js";
import * as sync from "./sync.js";

const root = document.querySelector("[data-offline-page]");
const view = (name) => root.querySelector(`[data-view=${name}]`);
const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
const { codes, settles } = JSON.parse(document.getElementById("needed").textContent);

async function start() {
  if (!(await sync.ready())) return;
  const [, no, rest = ""] = location.pathname.match(/\/visits\/([0-9]+)\/(.*)$/) ?? [];
  if (no) await visit(no, rest);
  else if (location.pathname.replace(/offline\/$/, "").endsWith("/assessor/")) await schedule();
  else view("elsewhere").hidden = false;
  document.documentElement.dataset.device = "ready";
  addEventListener("online", async () => {
    await sync.flush();
    if (await sync.hello()) location.reload();
  });
}

async function schedule() {
  const list = root.querySelector("[data-kept-list]");
  const visits = (await sync.allKept()).sort((one, other) => one.at.localeCompare(other.at));
  for (const one of visits) {
    const card = document.createElement("li");
    card.className = "visit-card";
    const link = document.createElement("a");
    link.className = "visit-link";
    link.href = sync.visitAddress(one.no);
    const time = document.createElement("span");
    time.className = "visit-time";
    time.textContent = one.at ? clock.format(new Date(one.at)) : "";
    const who = document.createElement("span");
    const name = document.createElement("strong");
    name.textContent = one.name;
    who.append(name, ` ${one.about}`);
    link.append(time, who);
    card.append(link);
    list.append(card);
  }
  root.querySelector("[data-kept-none]").hidden = visits.length > 0;
  view("schedule").hidden = false;
}

const filledIn = (state) => {
  const values = { ...state.fields, ...state.changed };
  return Object.fromEntries(Object.entries(values).filter(([, one]) => one !== null));
};

function missing(values) {
  const settled = settles.some(([field, option]) => values[field] === option);
  return codes.filter((code) => !(code in values) && !(settled && code.startsWith("B.")));
}

async function visit(no, rest) {
  const held = await sync.kept(no);
  const queued = (await sync.form(no)).version !== undefined || Object.keys((await sync.form(no)).changed).length > 0;
  if (!held && !queued) {
    view("elsewhere").hidden = false;
    return;
  }
  const shown = view("visit");
  shown.hidden = false;
  document.querySelector("[data-offline-heading]").textContent = held?.name ?? no;
  document.querySelector("[data-offline-lead]").textContent = held?.about ?? "";
  const step = rest.match(/^form\/(\w+)\//)?.[1] ?? (rest === "check/" ? "check" : "");
  const steps = [...shown.querySelectorAll(".form-steps [data-step]")];
  for (const one of steps) {
    const slug = one.dataset.step;
    one.querySelector("a").href = sync.visitAddress(no, slug === "check" ? "check/" : `form/${slug}/`);
    one.classList.toggle("current", slug === step);
    if (slug === step) one.querySelector("a").setAttribute("aria-current", "step");
  }
  await counts(no, steps);
  if (step === "check") return check(no);
  if (step) return form(no, step, steps);
  return facts(no, held);
}

async function counts(no, steps) {
  const values = filledIn(await sync.form(no));
  const empty = new Set(missing(values));
  for (const one of steps) {
    const part = root.querySelector(`[data-part="${one.dataset.step}"]`);
    const needed = questions(part).filter((each) => each.dataset.needed !== undefined).map((each) => each.dataset.code);
    if (!needed.length) continue;
    const done = needed.filter((code) => !empty.has(code)).length;
    one.querySelector(".count").textContent = `${done}/${needed.length}`;
    one.classList.toggle("done", done === needed.length);
  }
}

function facts(no, held) {
  const part = root.querySelector("[data-part=facts]");
  const list = part.querySelector("[data-facts]");
  for (const one of held?.facts ?? []) {
    const row = document.createElement("div");
    const name = document.createElement("dt");
    const said = document.createElement("dd");
    name.textContent = one.name;
    if (one.address) {
      const link = document.createElement("a");
      link.href = one.address;
      link.textContent = one.value;
      said.append(link);
    } else said.textContent = one.value;
    if (one.note) said.append(` ${one.note}`);
    row.append(name, said);
    list.append(row);
  }
  part.querySelector("[data-begin-offline]").href = sync.visitAddress(no, "form/information/");
  part.hidden = false;
}

/* The first step that is opened without a network begins the visit; the device says when. */
async function begun(no) {
  const state = await sync.form(no);
  if (state.version !== undefined || state.begun) return;
  await sync.begin(no);
}

async function form(no, step, steps) {
  await begun(no);
  const part = root.querySelector(`[data-part="${step}"]`);
  part.hidden = false;
  document.querySelector("[data-offline-lead]").textContent = part.dataset.title;
  tell(part, await sync.form(no));
  watch(part, no, step);
  const order = steps.map((one) => one.dataset.step);
  const next = order[order.indexOf(step) + 1];
  part.querySelector("[data-next]").href = sync.visitAddress(no, next === "check" ? "check/" : `form/${next}/`);
  part.addEventListener("submit", (event) => event.preventDefault());
  part.addEventListener("change", () => counts(no, steps));
}

async function check(no) {
  await begun(no);
  const part = root.querySelector("[data-part=check]");
  part.hidden = false;
  const empty = missing(filledIn(await sync.form(no)));
  const left = part.querySelector("[data-offline-left]");
  left.textContent = empty.length ? sync.filled(sync.word("missing"), empty.length) : sync.word("complete");
  photo(part, no);
  place(part, no);
  part.querySelector("[data-sign-form]").hidden = empty.length > 0;
  signing(part, no, async () => {
    const state = await sync.form(no);
    return content(no, state.turn ?? 0, filledIn(state));
  });
}

start();
