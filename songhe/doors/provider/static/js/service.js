/* Where a visit takes place, asked of the device when somebody says so. */

const where = document.querySelector("[data-where]");

if (where && "geolocation" in navigator) {
  where.hidden = false;
  const form = where.closest("form");
  const said = where.querySelector("[data-located]");
  where.querySelector("[data-locate]").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude;
        form.elements.longitude.value = coords.longitude;
        form.elements.accuracy.value = Math.round(coords.accuracy);
        said.textContent = said.dataset.done;
      },
      () => {
        said.textContent = said.dataset.failed;
      },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}
