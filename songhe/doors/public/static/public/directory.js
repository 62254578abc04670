/* The directory: the map above the list, and the button that asks the browser where one is. */

const form = document.querySelector("[data-near]");
const locate = document.querySelector("[data-locate]");
const note = document.querySelector("[data-locate-note]");

if (form && locate && navigator.geolocation) {
  locate.hidden = false;
  note.hidden = false;
  locate.addEventListener("click", () => {
    locate.dataset.busy = "1";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        /* Three decimals are about a hundred metres: enough for a distance, not for a door. */
        const near = form.querySelector("[name=near]");
        const place = `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`;
        near.append(new Option(place, place, true, true));
        form.submit();
      },
      () => {
        delete locate.dataset.busy;
        note.textContent = note.dataset.denied;
        note.setAttribute("role", "status");
      },
      { maximumAge: 600000, timeout: 10000 },
    );
  });
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    ground: read("--wash"),
    hair: read("--line"),
    outline: read("--muted"),
    pine: read("--pine"),
    seal: read("--seal"),
    on: read("--on-pine"),
  };
}

function marker(L, feature) {
  const [longitude, latitude] = feature.geometry.coordinates;
  const told = feature.properties;
  const icon = L.divIcon({
    className: `map-mark ${told.kind}${told.suspended ? " stopped" : ""}`,
    html: `<span>${told.letter}</span>`,
    iconSize: [28, 28],
    iconAnchor: [14 - (told.aside ? told.aside[0] : 0), 14 - (told.aside ? told.aside[1] : 0)],
  });
  const made = L.marker([latitude, longitude], { icon, title: told.name, alt: told.name, keyboard: true });
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = told.address;
  link.textContent = told.name;
  const line = document.createElement("p");
  line.textContent = [told.word, told.distance, told.suspended].filter(Boolean).join(" · ");
  box.append(link, line);
  made.bindPopup(box);
  return made;
}

/* Bodies at one place stand in a small circle around it, whatever the zoom. */
function spread(points) {
  const seen = new Map();
  for (const point of points) {
    const key = point.geometry.coordinates.join();
    seen.set(key, [...(seen.get(key) || []), point]);
  }
  for (const group of seen.values()) {
    if (group.length === 1) continue;
    group.forEach((point, turn) => {
      const angle = (2 * Math.PI * turn) / group.length;
      const radius = 10 + 5 * group.length;
      point.properties.aside = [Math.round(radius * Math.cos(angle)), Math.round(radius * Math.sin(angle))];
    });
  }
  return points;
}

function draw(L, card, told) {
  const palette = colours();
  const map = L.map("map", { zoomControl: false, zoomSnap: 0.25, scrollWheelZoom: false, attributionControl: false });
  L.control.zoom({ zoomInTitle: card.dataset.zoomIn, zoomOutTitle: card.dataset.zoomOut }).addTo(map);
  const key = card.dataset.tilesKey;
  if (key) {
    for (const layer of ["vec", "cva"]) {
      const address =
        `https://t{s}.tianditu.gov.cn/${layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}` +
        `&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(key)}`;
      L.tileLayer(address, { subdomains: "01234567", maxZoom: 18 }).addTo(map);
    }
  }
  const of = (kind) => told.ground.features.filter((feature) => feature.properties.kind === kind);
  const towns = L.geoJSON(of("town"), {
    interactive: false,
    style: { color: palette.hair, weight: 1, dashArray: "4 3", fillColor: palette.ground, fillOpacity: key ? 0 : 1 },
  }).addTo(map);
  /* What is drawn in pixels needs to know where the map looks. */
  map.fitBounds(towns.getBounds(), { padding: [8, 8] });
  L.geoJSON(of("county"), { interactive: false, style: { color: palette.outline, weight: 2, fill: false } }).addTo(map);
  for (const centre of of("centre")) {
    const [longitude, latitude] = centre.geometry.coordinates;
    const label = document.createElement("span");
    label.textContent = centre.properties.name;
    const icon = L.divIcon({ className: "map-town", html: label.outerHTML, iconSize: [120, 20] });
    L.marker([latitude, longitude], { icon, interactive: false, keyboard: false }).addTo(map);
  }
  for (const point of spread(told.points)) marker(L, point).addTo(map);
  if (told.origin) {
    const [longitude, latitude] = told.origin;
    L.circleMarker([latitude, longitude], {
      radius: 9, color: palette.seal, weight: 3, fillColor: palette.seal, fillOpacity: 0.25, interactive: false,
    }).addTo(map);
  }
}

async function start() {
  const card = document.querySelector("[data-map]");
  if (!card || !window.L) return;
  const answer = await fetch(card.dataset.map);
  if (!answer.ok) return;
  const told = await answer.json();
  card.hidden = false;
  draw(window.L, card, told);
}

start();
