/* What this device keeps, encrypted: the visits that were chosen, the forms as far as they are, and what waits to be
   sent. The key comes from the server for the signed-in account and stays in the tab; the database holds no plain
   word about anybody. */

import { remove, storeOf, stores } from "../leave.js";
import "../../vendor/idb.js";

const { openDB } = globalThis.idb;
const HELD = "songhe-assessor-key";
const write = new TextEncoder();
const read = new TextDecoder();

/* Plain HTTP to another machine has neither; there the pages work as plain forms. */
export const possible = Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

let database = null;
let key = null;
let who = null;
let last = Promise.resolve();

/* One after the other, so that two taps do not overwrite each other's record. */
export function inTurn(work) {
  const done = last.then(work, work);
  last = done.catch(() => {});
  return done;
}

export function heldKey() {
  try {
    return JSON.parse(sessionStorage.getItem(HELD));
  } catch {
    return null;
  }
}

export function holdKey(account, secret) {
  sessionStorage.setItem(HELD, JSON.stringify({ account, key: secret }));
}

/* Another tab of the same browser may have the key, where there is no network to ask for it. */
const tabs = globalThis.BroadcastChannel ? new BroadcastChannel("songhe-assessor") : null;
tabs?.addEventListener("message", ({ data }) => {
  if (data === "key?" && heldKey()) tabs.postMessage(heldKey());
  if (data === "wiped") sessionStorage.removeItem(HELD);
});

export function keyOfAnotherTab() {
  if (!tabs) return Promise.resolve(null);
  return new Promise((give) => {
    const late = setTimeout(() => give(null), 400);
    tabs.addEventListener("message", function answer({ data }) {
      if (!data?.key) return;
      clearTimeout(late);
      tabs.removeEventListener("message", answer);
      holdKey(data.account, data.key);
      give(data);
    });
    tabs.postMessage("key?");
  });
}

export async function open() {
  const held = heldKey();
  if (!held || !possible) return false;
  if (database && who === held.account) return true;
  const bytes = Uint8Array.from(atob(held.key), (one) => one.charCodeAt(0));
  key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  database = await openDB(storeOf(held.account), 1, {
    upgrade(made) {
      made.createObjectStore("visits");
      made.createObjectStore("forms");
      made.createObjectStore("queue", { autoIncrement: true });
    },
    /* It is being deleted: somebody signs out. */
    blocking() {
      database?.close();
      database = null;
    },
  });
  who = held.account;
  return true;
}

async function seal(value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, write.encode(JSON.stringify(value)));
  return { iv, data };
}

async function unseal(held) {
  if (!held) return null;
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: held.iv }, key, held.data);
    return JSON.parse(read.decode(plain));
  } catch {
    return null;
  }
}

export async function get(kind, no) {
  return unseal(await database?.get(kind, no));
}

export async function put(kind, no, value) {
  await database.put(kind, await seal(value), no);
}

export async function drop(kind, no) {
  await database.delete(kind, no);
}

export async function all(kind) {
  const found = [];
  if (!database) return found;
  for (const no of await database.getAllKeys(kind)) {
    const value = await get(kind, no);
    if (value) found.push(value);
  }
  return found;
}

export async function queue() {
  const found = [];
  if (!database) return found;
  for (const id of await database.getAllKeys("queue")) {
    const value = await unseal(await database?.get("queue", id));
    if (value) found.push({ ...value, id });
  }
  return found;
}

export async function enqueue(one) {
  const id = await database.add("queue", await seal(one));
  return { ...one, id };
}

export async function change(one) {
  const { id, ...value } = one;
  await database.put("queue", await seal(value), id);
}

export async function finish(id) {
  await database.delete("queue", id);
}

/* How much other accounts have left on this device; what they have sent is deleted. */
export async function others() {
  let count = 0;
  for (const { name, waiting } of await stores()) {
    if (name === storeOf(who)) continue;
    count += waiting;
    if (!waiting) await remove(name);
  }
  return count;
}
