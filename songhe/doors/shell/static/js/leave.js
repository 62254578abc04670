/* Signing out, on any page, leaves nothing of the account on this device. What an assessor's tablet has not sent yet is
   sent first; where that fails it is asked about. What other accounts have not sent stays, encrypted with their keys. */

const PREFIX = "songhe-assessor-";
const tabs = globalThis.BroadcastChannel ? new BroadcastChannel("songhe-assessor") : null;
const before = [];

export const storeOf = (account) => PREFIX + account;

/* Work that is done before it is looked at what is left. */
export const beforeLeaving = (work) => before.push(work);

/* What assessors have on this device, and how much of it waits to be sent. */
export async function stores() {
  const found = await globalThis.indexedDB?.databases?.() ?? [];
  const names = found.map((one) => one.name).filter((name) => name.startsWith(PREFIX));
  if (!names.length) return [];
  await import("../vendor/idb.js");
  const { openDB } = globalThis.idb;
  return Promise.all(
    names.map(async (name) => {
      const opened = await openDB(name);
      const waiting = opened.objectStoreNames.contains("queue") ? await opened.count("queue") : 0;
      opened.close();
      return { name, waiting };
    }),
  );
}

/* Every page that holds one open lets go of it when it is asked to. */
export function remove(name) {
  return Promise.race([globalThis.idb.deleteDB(name), new Promise((give) => setTimeout(give, 2_000))]);
}

async function sweep(found) {
  tabs?.postMessage("wiped");
  for (const one of found) await remove(one.name);
  sessionStorage.clear();
  for (const cache of (await globalThis.caches?.keys()) ?? []) await caches.delete(cache);
}

async function leave(form, sure) {
  for (const work of before) await work();
  const found = await stores();
  const mine = storeOf(form.dataset.account);
  const n = found.find((one) => one.name === mine)?.waiting ?? 0;
  const asks = form.parentElement.querySelector("[data-leave]");
  if (n && !sure && asks) {
    const said = asks.querySelector("[data-leave-said]");
    said.textContent = said.dataset.words.replace("{n}", n);
    asks.hidden = false;
    const [stay, wipe] = asks.querySelectorAll("button");
    stay.onclick = () => { asks.hidden = true; };
    wipe.onclick = () => leave(form, true);
    stay.focus();
    return;
  }
  const others = found.filter((one) => one.waiting && one.name !== mine);
  await sweep(found.filter((one) => !others.includes(one)));
  form.elements.empty.value = others.length ? "" : "1";
  form.submit();
}

document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches("[data-sign-out]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    /* A store that cannot be read keeps nobody signed in. */
    leave(event.target, false).catch(() => event.target.submit());
  },
  true,
);
