/* What the till keeps: the device's own key, which never leaves it, and its slips, encrypted with another key that
   never leaves it either. A browser without Ed25519 cannot be a till; the page then says nothing of it. */

import "../../vendor/idb.js";

const { openDB } = globalThis.idb;
const write = new TextEncoder();
const read = new TextDecoder();
const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");

export const NONE_BEFORE = "0".repeat(64);

let database = null;

async function open() {
  database ??= await openDB("songhe-till", 1, {
    upgrade(made) {
      made.createObjectStore("held");
      made.createObjectStore("slips", { keyPath: "counter" });
    },
  });
  return database;
}

export const held = async (name) => (await open()).get("held", name);
export const hold = async (name, value) => (await open()).put("held", value, name);

/* The public half of this device's key; made once. */
export async function publicKey(make = false) {
  let pair = await held("pair");
  if (!pair && make) {
    pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    await hold("pair", pair);
    await hold("store", await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]));
  }
  return pair ? hex(await crypto.subtle.exportKey("raw", pair.publicKey)) : "";
}

async function seal(value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await held("store"), write.encode(JSON.stringify(value)));
  return { iv, data };
}

async function unseal({ iv, data }) {
  return JSON.parse(read.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await held("store"), data)));
}

export async function slips() {
  const rows = await (await open()).getAll("slips");
  return Promise.all(rows.map(async (row) => ({ counter: row.counter, ...(await unseal(row.sealed)) })));
}

export async function put({ counter, ...value }) {
  await (await open()).put("slips", { counter, sealed: await seal(value) });
}

/* The next slip, signed, with the digest of the one before it. Two tabs take turns. */
export function sign(said) {
  return navigator.locks.request("songhe-till", async () => {
    const last = (await held("last")) ?? { counter: 0, digest: NONE_BEFORE };
    const counter = last.counter + 1;
    const made = `${new Date(said.made).toISOString().slice(0, 19)}Z`;
    const text = ["SO1", said.device, counter, said.card, said.item, 1, said.fen, made, last.digest].join("|");
    const digest = hex(await crypto.subtle.digest("SHA-256", write.encode(text)));
    const pair = await held("pair");
    const signature = hex(await crypto.subtle.sign("Ed25519", pair.privateKey, write.encode(text)));
    await put({ counter, text, signature, digest, card: said.card, fen: said.fen, name: said.name, made, state: "waiting" });
    await hold("last", { counter, digest });
  });
}
