/* What waits on this device goes to the server, in order and once; what the server says comes back. Nothing is scored
   here, and whatever was not sent is said to be so. */

import { beforeLeaving } from "../leave.js";
import * as store from "./store.js";

const line = document.querySelector("[data-device]");
const words = line ? line.dataset : {};
const said = line?.querySelector("[data-device-said]");
const trouble = line?.querySelector("[data-device-trouble]");
const listeners = new Set();
let token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
let sending = null;
let later = 0;

export const filled = (template, n) => (template ?? "").replace("{n}", n);
export const word = (name) => words[name] ?? "";
export const visitAddress = (no, rest = "") => `${words.visits}${no}/${rest}`;
export const whenTold = (listener) => listeners.add(listener);

/* null: no network; false: signed out; else who is signed in, with a fresh token. */
export async function hello() {
  try {
    const answer = await fetch("/assessor/device/", {
      redirect: "manual",
      headers: { Accept: "application/json", "X-Songhe-Poll": "1" },
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return false;
    if (!answer.ok) return null;
    const told = await answer.json();
    token = told.csrf;
    return told;
  } catch {
    return null;
  }
}

/* Opens the store: with the key of this tab, of the server, or of another tab. */
export async function ready() {
  if (!line || !store.possible) return false;
  const offline = document.querySelector("[data-offline-page]") !== null;
  const held = store.heldKey();
  if (!held || (!offline && String(held.account) !== words.account)) {
    const told = await hello();
    if (told) store.holdKey(told.account, told.key);
    else if (!held && !(await store.keyOfAnotherTab())) {
      show(told === false ? "signedOut" : "locked", 0);
      return false;
    }
  }
  if (!(await store.open())) return false;
  line.hidden = false;
  await store.inTurn(catchUp);
  await report();
  return true;
}

/* A page that was left between writing a form down and queueing its change: the change is queued now. */
async function catchUp() {
  const waiting = (await store.queue()).filter((one) => one.kind === "save");
  for (const mine of await store.all("forms")) {
    const queued = Object.assign({}, ...waiting.filter((one) => one.no === mine.no).map((one) => one.changes));
    for (const [code, value] of Object.entries(mine.changed ?? {})) {
      if (!(code in queued)) await addToSave(mine.no, "1", (one) => { one.changes[code] = value; });
    }
  }
}

export async function form(no) {
  return (await store.get("forms", no)) ?? { no, base: 1, turn: 0, fields: {}, changed: {}, conflicts: [] };
}

/* The server's view of a form, where nothing of ours waits. */
export function take(told) {
  return store.inTurn(async () => {
    const mine = await form(told.no);
    const waits = (await store.queue()).some((one) => one.no === told.no && one.kind === "save");
    if (!waits) mine.changed = {};
    const base = waits ? mine.base : told.version;
    await store.put("forms", told.no, { ...mine, ...told, base, conflicts: mine.conflicts ?? [] });
    return form(told.no);
  });
}

/* One field changed: it joins the changes of this step that have not been tried yet. */
export function changed(no, step, code, value) {
  return store.inTurn(async () => {
    const mine = await form(no);
    mine.changed[code] = value;
    mine.conflicts = mine.conflicts.filter((one) => one.code !== code);
    await store.put("forms", no, mine);
    await addToSave(no, step, (one) => {
      one.changes[code] = value;
    });
    await report();
  });
}

async function addToSave(no, step, alter) {
  const open = (await store.queue()).findLast((one) => one.no === no);
  if (open && open.kind === "save" && open.step === step && !open.tried) {
    alter(open);
    return store.change(open);
  }
  const made = { no, kind: "save", step, key: crypto.randomUUID(), changes: {}, finished: false };
  alter(made);
  return store.enqueue(made);
}

export function finished(no, step) {
  return store.inTurn(() => addToSave(no, step, (one) => { one.finished = true; }));
}

export function enqueue(one) {
  return store.inTurn(async () => {
    const made = await store.enqueue({ key: crypto.randomUUID(), ...one });
    await report();
    return made;
  });
}

const ROUTES = { begin: "begin/", photo: "photo/", place: "place/", sign: "sign/" };

function asBlob(address) {
  const [kind, data] = address.slice("data:".length).split(";base64,");
  return new Blob([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))], { type: kind });
}

function body(one) {
  const sent = new FormData();
  sent.set("key", one.key);
  sent.set("csrfmiddlewaretoken", token);
  if (one.kind === "save") {
    sent.set("base", one.base);
    sent.set("changes", JSON.stringify(one.changes));
    if (one.finished) sent.set("finished", "1");
  }
  for (const [name, value] of Object.entries(one.fields ?? {})) sent.set(name, value);
  if (one.file) sent.set(one.file.field, asBlob(one.file.data), one.file.name);
  return sent;
}

async function post(one) {
  const rest = one.kind === "save" ? `form/${one.step}/` : ROUTES[one.kind];
  return fetch(visitAddress(one.no, rest), {
    method: "POST",
    body: body(one),
    redirect: "manual",
    headers: { Accept: "application/json", "X-CSRFToken": token },
  });
}

/* What happened: "sent", "offline", "signed-out", "later" or "refused". */
async function send(one) {
  if (one.kind === "save" && !one.tried) {
    one.base = (await form(one.no)).base;
    one.tried = true;
    await store.inTurn(() => store.change(one));
  }
  let answer;
  try {
    answer = await post(one);
    /* A token of before the last sign-in: a new one is asked for, once. */
    const stale = answer.type === "opaqueredirect" || (answer.status === 403 && !isJson(answer));
    if (stale && (await hello())) answer = await post(one);
  } catch {
    return "offline";
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) return "signed-out";
  if (answer.status >= 500 || answer.status === 429 || !isJson(answer)) return "later";
  const told = await answer.json();
  /* Another page of this device is just sending it. */
  if (told.code === "once.still_running") return "later";
  if (told.code === "assessment.already_signed") {
    await store.inTurn(() => store.finish(one.id));
    return { ...told, sent: true, address: visitAddress(one.no, "check/") };
  }
  if (!answer.ok) {
    one.problem = told.refused ?? String(answer.status);
    await store.inTurn(() => store.change(one));
    return "refused";
  }
  await store.inTurn(() => settle(one, told));
  return { ...told, sent: true };
}

const isJson = (answer) => (answer.headers.get("Content-Type") ?? "").includes("json");

async function settle(one, told) {
  await store.finish(one.id);
  if (told.no) {
    const mine = await form(one.no);
    const rest = (await store.queue()).filter((other) => other.no === one.no && other.kind === "save");
    const newer = Object.assign({}, ...rest.map((other) => other.changes));
    const clashes = (told.conflicts ?? []).filter((clash) => !(clash.code in newer));
    await store.put("forms", one.no, {
      ...mine,
      ...told,
      base: told.version,
      changed: newer,
      conflicts: [...mine.conflicts.filter((old) => !clashes.some((clash) => clash.code === old.code)), ...clashes],
    });
    for (const listener of listeners) listener(await form(one.no));
  }
  const visit = await store.get("visits", one.no);
  if (visit && told.no) await store.put("visits", one.no, { ...visit, state: told, open: told.open });
  if (told.handed_in) await store.drop("visits", one.no);
}

/* Sends what waits; answers by key what became of each. */
export function flush() {
  sending ??= alone(async () => {
    const results = {};
    let state = "";
    const blocked = new Set();
    for (;;) {
      const next = (await store.queue()).find((one) => !blocked.has(one.no) && !(one.key in results));
      if (!next) break;
      if (next.problem) {
        blocked.add(next.no);
        continue;
      }
      show("saving", 0);
      const done = await send(next);
      results[next.key] = done;
      if (done === "refused") blocked.add(next.no);
      if (["offline", "signed-out", "later"].includes(done)) {
        state = done;
        break;
      }
    }
    sending = null;
    await report(state);
    return results;
  });
  return sending;
}

/* Of all pages of this browser one sends at a time: another would ask with the same key for something else. */
const alone = (work) =>
  navigator.locks ? navigator.locks.request("songhe-assessor", work) : work();

export function soon(wait = 700) {
  clearTimeout(later);
  later = setTimeout(flush, wait);
}

export async function waiting() {
  return (await store.queue()).length;
}

/* The line at the head of the page, and below it what could not be sent or was changed on both sides. */
async function report(state = "") {
  const list = await store.queue();
  const forms = await store.all("forms");
  const clashes = forms.flatMap((one) => (one.conflicts ?? []).map((clash) => ({ ...clash, no: one.no })));
  const stuck = list.filter((one) => one.problem);
  if (state === "signed-out") show("signedOut", list.length);
  else if (stuck.length || clashes.length) show("stuck", stuck.length + clashes.length);
  else if (list.length) show(state === "offline" || !navigator.onLine ? "offline" : "waiting", list.length);
  else if (!navigator.onLine || state === "offline") show("offline", 0);
  else show((await store.others()) ? "other" : "saved", 0);
  tell(stuck, clashes);
}

function show(state, n) {
  if (!line) return;
  line.hidden = false;
  line.dataset.state = { signedOut: "stuck", locked: "offline", other: "waiting" }[state] ?? state;
  line.dataset.count = n;
  const counted = n ? filled(words.waiting, n) : "";
  const sentences = {
    saved: words.saved,
    saving: words.saving,
    waiting: counted,
    offline: `${words.offline}${counted}`,
    stuck: filled(words.stuck, n),
    signedOut: words.signedOut,
    locked: words.locked,
    other: words.other,
  };
  if (said.textContent !== sentences[state]) said.textContent = sentences[state];
  line.querySelector("[data-device-sign-in]").hidden = state !== "signedOut";
}

function button(text, act, main = false) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = main ? "button main" : "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function item(text, ...buttons) {
  const made = document.createElement("li");
  for (const one of text) {
    const paragraph = document.createElement("p");
    paragraph.textContent = one;
    made.append(paragraph);
  }
  const row = document.createElement("div");
  row.className = "row";
  row.append(...buttons);
  made.append(row);
  return made;
}

function tell(stuck, clashes) {
  trouble.replaceChildren(
    ...stuck.map((one) =>
      item(
        [`${words.refused}${one.problem}`],
        button(words.again, () => retry(one), true),
        button(words.discard, () => discard(one)),
      ),
    ),
    ...clashes.map((one) =>
      item(
        [`${words.clash}：${one.title}`, `${words.yours}：${one.given_said}`, `${words.theirs}：${one.stands_said}`],
        button(words.useYours, () => resolve(one, one.given), true),
        button(words.useTheirs, () => resolve(one, one.stands)),
      ),
    ),
  );
  trouble.hidden = !trouble.childElementCount;
}

async function retry(one) {
  delete one.problem;
  /* A new look at what the server has: the refused changes are tried from there. */
  await store.inTurn(() => store.change({ ...one, tried: false, key: crypto.randomUUID() }));
  await flush();
}

export async function problemOf(id) {
  return (await store.queue()).find((one) => one.id === id)?.problem ?? "";
}

/* Without a network the visit begins here; the server compares the device's clock with its own. */
export function begin(no) {
  return store.inTurn(async () => {
    await store.put("forms", no, { ...(await form(no)), begun: true });
    await store.enqueue({ no, kind: "begin", key: crypto.randomUUID(), fields: { began: new Date().toISOString() } });
    await report();
  });
}

export async function discard(one) {
  await store.inTurn(() => store.finish(one.id));
  await report();
}

async function resolve(clash, value) {
  if (value === clash.given) await changed(clash.no, "1", clash.code, value);
  else {
    await store.inTurn(async () => {
      const mine = await form(clash.no);
      mine.conflicts = mine.conflicts.filter((one) => one.code !== clash.code);
      await store.put("forms", clash.no, mine);
      for (const listener of listeners) listener(mine);
    });
  }
  await flush();
}

/* Keeping and dropping visits */

export async function keep(no) {
  const answer = await fetch(visitAddress(no, "kept/"), {
    redirect: "manual",
    headers: { Accept: "application/json" },
  });
  if (!answer.ok) return null;
  const visit = await answer.json();
  await store.inTurn(() => store.put("visits", no, visit));
  if (visit.state) await take(visit.state);
  return visit;
}

export const kept = (no) => store.get("visits", no);
export const allKept = () => store.all("visits");

export function unkeep(no) {
  return store.inTurn(async () => {
    await store.drop("visits", no);
    if (!(await store.queue()).some((one) => one.no === no)) await store.drop("forms", no);
  });
}

/* Whatever was just filled in is written down before the page is left. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("main a[href]");
  const plain = !event.defaultPrevented && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !plain || link.target || link.getAttribute("href").startsWith("#") || !store.heldKey()) return;
  if (!link.href.startsWith(location.origin)) return;
  event.preventDefault();
  store.inTurn(() => {}).then(() => location.assign(link.href));
});

/* Before the device is wiped, what waits is sent. */
beforeLeaving(async () => {
  if (line && !line.hidden && store.heldKey() && (await store.open()) && (await waiting())) await flush();
});
