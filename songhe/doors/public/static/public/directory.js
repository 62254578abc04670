/* The directory and the merchants: the map beside the list, and the button that asks the browser where one is. */

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

/* Marks nearer to each other than this, in pixels, become one: a finger hits what it means. */
const APART = 40;

function position(point) {
  const [longitude, latitude] = point.geometry.coordinates;
  return [latitude, longitude];
}

function entry(point) {
  const told = point.properties;
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = told.address;
  link.textContent = told.name;
  const line = document.createElement("p");
  line.textContent = [told.word, told.distance, told.suspended].filter(Boolean).join(" · ");
  box.append(link, line);
  return box;
}

/* One mark for one body, or for all that stand too near to each other at this zoom, with their number on it. */
function marker(L, points) {
  const told = points[0].properties;
  const alone = points.length === 1;
  const mark = document.createElement("span");
  mark.textContent = alone ? told.letter : points.length;
  mark.dataset.count = points.length;
  const icon = L.divIcon({
    className: `map-mark ${alone ? told.kind : "several"}${alone && told.suspended ? " stopped" : ""}`,
    html: mark.outerHTML,
    iconSize: [28, 28],
  });
  const name = points.map((point) => point.properties.name).join(" · ");
  const made = L.marker(position(points[0]), { icon, title: name, alt: name, keyboard: true });
  const box = document.createElement("div");
  box.className = "map-popup";
  box.append(...points.map(entry));
  made.bindPopup(box, { maxHeight: 200, minWidth: 200 });
  return made;
}

function together(map, points) {
  const found = [];
  for (const point of points) {
    const at = map.latLngToContainerPoint(position(point));
    const near = found.find((group) => group.at.distanceTo(at) < APART);
    if (near) near.points.push(point);
    else found.push({ at, points: [point] });
  }
  return found.map((group) => group.points);
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
    L.marker([latitude, longitude], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map);
  }
  const marks = L.layerGroup().addTo(map);
  const place = () => {
    marks.clearLayers();
    for (const points of together(map, told.points)) marker(L, points).addTo(marks);
  };
  place();
  map.on("zoomend", place);
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
