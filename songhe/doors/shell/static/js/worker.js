/* A door's worker. The server puts KEPT before this: the name of the cache, the version, the assets and a page on which
   nobody's data stand. Pages come from the network; where there is none, the kept page stands in for any address of the
   worker's scope. Answers that name people are never kept here. */

const CACHES = `songhe-${KEPT.name}-`;
const CACHE = `${CACHES}${KEPT.version}`;

async function keepAll() {
  const cache = await caches.open(CACHE);
  await Promise.all(
    [...KEPT.assets, KEPT.page].map(async (address) => {
      const answer = await fetch(address, { cache: "reload", credentials: "same-origin", redirect: "manual" });
      if (answer.ok && answer.type !== "opaqueredirect") await cache.put(address, answer);
    }),
  );
}

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(CACHES) && name !== CACHE) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

/* The pages ask for it, so that the kept page speaks the language that was chosen last. */
self.addEventListener("message", (event) => {
  if (event.data === "refresh") event.waitUntil(keepAll().catch(() => {}));
});

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    const kept = await caches.match(KEPT.page);
    return kept ?? Response.error();
  }
}

async function asset(request) {
  try {
    return await fetch(request);
  } catch {
    const kept = await caches.match(request, { ignoreSearch: true });
    return kept ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(asset(request));
});
