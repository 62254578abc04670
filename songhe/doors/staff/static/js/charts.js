/* Draws the charts of the figures: pine, then greys; the same data stands in a table beside each. Colours and type come
   from the page's own tokens, so that every theme and size has its own drawing. */

/* The library sets the style of its texts by attribute, which the content policy refuses; by property it is allowed. */
const plain = Element.prototype.setAttribute;
Object.defineProperty(SVGElement.prototype, "setAttribute", {
  configurable: true,
  writable: true,
  value(name, value) {
    if (name === "style") this.style.cssText = value;
    else plain.call(this, name, value);
  },
});

const drawn = new Map();

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function rem() {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

const chinese = document.documentElement.lang.startsWith("zh");

function number(value, unit) {
  if (value === null || value === undefined || value === "-") return "—";
  if (unit === "percent") return `${value}%`;
  if (unit === "yuan") {
    if (chinese && Math.abs(value) >= 10000) return `${trimmed(value / 10000)} 万元`;
    return `¥${value.toLocaleString("en-US", { maximumFractionDigits: 0 })}`;
  }
  return value.toLocaleString("en-US");
}

function trimmed(value) {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 2 : 0 });
}

function looks(look) {
  const colours = {
    pine: token("--pine"),
    grey: token("--line"),
    pale: token("--muted"),
    dashed: token("--pine"),
    late: token("--seal"),
  };
  return colours[look] || colours.pine;
}

function option(data) {
  const size = rem() * (document.body.classList.contains("screen") ? 1.125 : 0.875);
  const text = { color: token("--muted"), fontSize: size, fontFamily: getComputedStyle(document.body).fontFamily };
  const ink = { ...text, color: token("--ink") };
  const hair = token("--hair");
  const lying = data.kind === "rows";
  const labels = lying ? [...data.labels].reverse() : data.labels;
  const category = {
    type: "category",
    data: labels,
    axisLine: { lineStyle: { color: token("--line") } },
    axisTick: { show: false },
    axisLabel: { ...ink, hideOverlap: true, ...(lying ? { width: size * 9, overflow: "truncate" } : {}) },
    boundaryGap: data.kind !== "lines",
  };
  const value = {
    type: "value",
    axisLine: { show: false },
    axisTick: { show: false },
    splitNumber: 4,
    splitLine: { lineStyle: { color: hair } },
    axisLabel: { ...text, hideOverlap: true, formatter: (one) => number(one, data.unit) },
  };
  const series = data.series.map((one) => {
    const values = (lying ? [...one.values].reverse() : one.values).map((each) => (each === null ? "-" : each));
    const colour = looks(one.look);
    if (data.kind === "lines") {
      return {
        name: one.name,
        type: "line",
        data: values,
        showSymbol: false,
        step: one.look === "pine" ? "end" : false,
        lineStyle: { color: colour, width: one.look === "pine" ? 3 : 2, type: one.look === "dashed" ? "dashed" : one.look === "pale" ? "dotted" : "solid" },
        itemStyle: { color: colour },
        areaStyle: one.look === "pine" ? { color: colour, opacity: 0.08 } : undefined,
      };
    }
    return {
      name: one.name,
      type: "bar",
      data: values,
      barMaxWidth: rem() * 1.75,
      itemStyle: { color: colour, borderRadius: lying ? [0, 3, 3, 0] : [3, 3, 0, 0] },
      label: {
        show: data.series.length === 1,
        position: lying ? "right" : "top",
        ...ink,
        formatter: (each) => number(each.value, data.unit),
      },
    };
  });
  return {
    animation: false,
    aria: { enabled: true, decal: { show: document.documentElement.dataset.theme === "contrast" && data.kind !== "lines" } },
    textStyle: text,
    grid: { left: 8, right: lying && data.series.length === 1 ? rem() * 6 : 24, top: data.series.length > 1 ? rem() * 3 : rem() * 1.5, bottom: 8, containLabel: true },
    legend: { show: data.series.length > 1, left: 0, top: 0, itemHeight: size * 0.7, textStyle: ink, inactiveColor: hair },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: token("--surface"),
      borderColor: token("--line"),
      textStyle: ink,
      confine: true,
      valueFormatter: (each) => number(each, data.unit),
    },
    xAxis: lying ? value : category,
    yAxis: lying ? category : value,
    series,
  };
}

export function draw(part) {
  if (!window.echarts) return;
  for (const box of part.querySelectorAll("[data-chart]")) {
    const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    if (!data || !data.labels.length) continue;
    box.hidden = false;
    const known = drawn.get(box);
    if (known) known.dispose();
    const made = window.echarts.init(box, null, { renderer: "svg" });
    made.setOption(option(data));
    drawn.set(box, made);
  }
  /* With the picture there, the table that says the same waits until it is asked for. */
  for (const table of part.querySelectorAll("details[data-table][open]:not([data-kept])")) {
    table.dataset.kept = "";
    table.open = false;
  }
}

function again() {
  for (const box of [...drawn.keys()]) {
    if (box.isConnected) continue;
    drawn.get(box).dispose();
    drawn.delete(box);
  }
  draw(document);
}

new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-size"] });
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
let later = 0;
window.addEventListener("resize", () => {
  window.clearTimeout(later);
  later = window.setTimeout(() => drawn.forEach((one) => one.resize()), 120);
});

draw(document);
