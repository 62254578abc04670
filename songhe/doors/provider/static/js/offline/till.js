/* The offline till: sells within the limits, keeps signed slips marked as not booked, hands them in when it can. */

import * as store from "./store.js";

const root = document.querySelector("[data-till]");
const yuan = (fen) => `¥${(fen / 100).toFixed(2)}`;
const day = (made) => new Date(made).toLocaleDateString("en-CA", { timeZone: "Asia/Shanghai" });

function say(text) {
  const line = root.querySelector("[data-said]");
  line.textContent = text;
  line.hidden = !text;
}

async function hello() {
  try {
    const answer = await fetch("/provider/offline/hello/", { headers: { Accept: "application/json" } });
    if (!answer.ok) return null;
    const told = await answer.json();
    await store.hold("told", { devices: told.devices, items: told.items, ahead: Date.parse(told.now) - Date.now() });
    return told;
  } catch {
    return null;
  }
}

/* The time as the server told it last: this device's own clock may be wrong, and a practice county has a day of its own. */
async function now() {
  return Date.now() + ((await store.held("told"))?.ahead ?? 0);
}

async function mine() {
  const key = await store.publicKey();
  const told = await store.held("told");
  const device = told?.devices.find((one) => one.key === key && one.state === "admitted");
  if (!device) return null;
  const may = (one) => one.fen <= device.card_fen && (!device.helps.length || device.helps.includes(one.help));
  return { device, items: told.items.filter(may) };
}

async function show() {
  const slips = await store.slips();
  const list = root.querySelector("[data-kept]");
  list.replaceChildren(
    ...slips.slice(-50).reverse().map((one) => {
      const row = document.createElement("li");
      row.className = "card";
      const state = document.createElement("strong");
      state.textContent = root.dataset[`state${one.state[0].toUpperCase()}${one.state.slice(1)}`] ?? root.dataset.stateTroubled;
      row.append(state, ` ${one.counter} · ${one.name} · ${yuan(one.fen)} · …${one.card.slice(-4)} ${one.code ?? ""}`);
      return row;
    }),
  );
  const waiting = slips.filter((one) => one.state === "waiting");
  root.querySelector("[data-waiting]").textContent = waiting.length ? `${root.dataset.stateWaiting} ${waiting.length}` : "";
  root.querySelector("[data-sync]").hidden = !waiting.length;
  return waiting;
}

async function handIn() {
  const told = await hello();
  const found = await mine();
  const waiting = await show();
  if (!told || !found || !waiting.length) return;
  const body = JSON.stringify({ slips: waiting.slice(0, 200).map(({ text, signature }) => ({ text, signature })) });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": told.csrf };
  const id = found.device.id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  try {
    const answer = await fetch(`/provider/offline/devices/${id}/hand-in/`, { method: "POST", headers, body });
    const said = await answer.json();
    if (said.refused) say(said.refused);
    for (const one of said.items ?? []) {
      const slip = waiting.find((each) => each.digest === one.digest);
      if (slip) await store.put({ ...slip, state: one.state, code: one.code });
    }
  } catch {
    /* There is no network after all; what waits goes on waiting. */
  }
  await show();
}

async function sell(event) {
  event.preventDefault();
  const { device, items } = await mine();
  const card = root.querySelector("[data-card]");
  const item = items.find((one) => one.code === root.querySelector("[data-item]").value);
  const made = await now();
  const today = (await store.slips()).filter((one) => day(one.made) === day(made));
  const sum = (rows) => rows.reduce((fen, one) => fen + one.fen, item.fen);
  const number = card.value.trim();
  if (sum(today) > device.day_fen || sum(today.filter((one) => one.card === number)) > device.card_fen) {
    say(root.dataset.saidOver);
    return;
  }
  await store.sign({ device: device.id, card: number, item: item.code, fen: item.fen, name: item.name, made });
  card.value = "";
  say(root.dataset.saidKept);
  await show();
  if (navigator.onLine) await handIn();
}

async function start() {
  await hello();
  const found = await mine();
  if (!found) {
    say(root.dataset.saidNone);
    return;
  }
  root.querySelector("[data-item]").replaceChildren(...found.items.map((one) => new Option(`${one.name} ${yuan(one.fen)}`, one.code)));
  root.querySelector("[data-limit]").textContent = yuan(found.device.card_fen);
  const form = root.querySelector("[data-sell]");
  form.hidden = false;
  form.addEventListener("submit", sell);
  root.querySelector("[data-sync]").addEventListener("click", handIn);
  addEventListener("online", handIn);
  await show();
  await handIn();
}

function registering(form) {
  const button = form.querySelector("[data-make-key]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    form.elements.public_key.value = await store.publicKey(true);
    form.elements.name.focus();
  });
}

if (globalThis.crypto?.subtle && globalThis.indexedDB) {
  navigator.serviceWorker?.register("/provider/offline/worker.js", { scope: "/provider/offline/" }).catch(() => {});
  const form = document.querySelector("[data-register]");
  if (form) registering(form);
  if (root) start();
}
