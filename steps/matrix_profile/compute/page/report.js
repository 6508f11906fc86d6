"use strict";

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const charts = document.getElementById("charts");
  const HEIGHTS = { series: 260, profile: 180 };
  const SMALLEST_SPAN = 8 * data.period;
  const ZOOM_STEP = 2;
  const MOVE_STEP = 0.5;
  const AROUND = 1.5;

  const bytes = (text) =>
    Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const begin = new Date(data.start * 1000);
  const timeOf = (sample) =>
    data.months
      ? Date.UTC(
          begin.getUTCFullYear(),
          begin.getUTCMonth() + Math.round(sample) * data.months,
        ) / 1000
      : data.start + sample * data.period;
  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
  const number = new Intl.NumberFormat("en-GB", {
    maximumSignificantDigits: 6,
  });
  const seconds = data.timed && data.period < 60;
  const show = (time) =>
    data.timed
      ? new Date(time * 1000)
          .toISOString()
          .slice(0, data.months ? 7 : seconds ? 19 : 16)
          .replace("T", " ")
      : `row ${number.format(Math.round(time))}`;

  const first = timeOf(0);
  const last = timeOf(data.samples - 1);

  const columns = (line) => {
    const values = new Float32Array(bytes(line.values));
    const samples = line.samples
      ? new Uint32Array(bytes(line.samples))
      : values.keys();
    return [
      Array.from(samples, timeOf),
      Array.from(values, (value) =>
        Number.isFinite(value) ? value + line.base : null,
      ),
    ];
  };

  const drawMarks = (chart) => {
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const mark of data.marks) {
      const left = chart.valToPos(timeOf(mark.start), "x", true);
      const right = chart.valToPos(timeOf(mark.end), "x", true);
      const width = Math.max(right - left, 2 * devicePixelRatio);
      ctx.fillStyle = colour(mark.kind);
      ctx.globalAlpha = 0.2;
      ctx.fillRect(left, bbox.top, width, bbox.height);
      ctx.globalAlpha = 1;
      ctx.fillRect(left, bbox.top, width, 4 * devicePixelRatio);
    }
    ctx.restore();
  };

  const DAY = 86400;
  const HOUR_OF_DAY = [
    "{HH}:{mm}",
    "\n{D} {MMM} {YYYY}",
    null,
    "\n{D} {MMM}",
    null,
    null,
    null,
    1,
  ];
  const DATES = [
    [365 * DAY, "{YYYY}", null, null, null, null, null, null, 1],
    [28 * DAY, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [DAY, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [60, ...HOUR_OF_DAY],
    [1, "{HH}:{mm}:{ss}", ...HOUR_OF_DAY.slice(1)],
  ];

  const axis = (size) => ({
    stroke: () => colour("soft"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: () => colour("grid"), width: 1 },
    ticks: { stroke: () => colour("grid"), width: 1, size: 5 },
    size,
  });

  const LARGEST_WRITTEN_OUT = 1e12;
  const SMALLEST_WRITTEN_OUT = 1e-4;
  const LABEL = { narrowest: 54, margin: 22, digit: 7 };
  let labelWidth = LABEL.narrowest;
  const labels = (chart, ticks) => {
    const largest = Math.max(...ticks.map(Math.abs));
    const written =
      largest === 0 ||
      (largest < LARGEST_WRITTEN_OUT && largest >= SMALLEST_WRITTEN_OUT);
    const step = Math.abs(ticks[1] - ticks[0]) || largest || 1;
    const decimals = Math.min(Math.max(0, -Math.floor(Math.log10(step))), 12);
    return ticks.map((tick) =>
      written
        ? tick.toLocaleString("en-GB", { maximumFractionDigits: decimals })
        : tick.toExponential(2),
    );
  };
  const widest = (chart, texts) => {
    const longest = Math.max(0, ...(texts || []).map((text) => text.length));
    labelWidth = Math.max(labelWidth, LABEL.margin + LABEL.digit * longest);
    return labelWidth;
  };

  const drawn = [];
  let together = false;

  const announce = (from, to) => {
    charts.dataset.from = from;
    charts.dataset.to = to;
    document.getElementById("range").textContent =
      `Showing ${show(from)} to ${show(to)}`;
  };

  const showRange = (from, to) => {
    const span = Math.min(Math.max(to - from, SMALLEST_SPAN), last - first);
    const middle = (from + to) / 2;
    const start = Math.min(Math.max(middle - span / 2, first), last - span);
    together = true;
    for (const chart of drawn) {
      chart.setScale("x", { min: start, max: start + span });
    }
    together = false;
    announce(start, start + span);
  };

  const follow = (chart, scale) => {
    if (scale === "x" && !together && drawn.length === 2) {
      const { min, max } = chart.scales.x;
      showRange(min, max);
    }
  };

  const report = (name) => (chart) => {
    const { idx } = chart.cursor;
    const output = document.getElementById(`${name}-readout`);
    if (idx === null || idx === undefined) {
      output.textContent = "";
      return;
    }
    const value = chart.data[1][idx];
    const shown = value === null ? "missing" : number.format(value);
    output.textContent = `${show(chart.data[0][idx])} · ${shown}`;
  };

  const touches = (chart) => {
    const area = chart.over;
    const fingers = new Map();
    let before = null;
    const state = () => {
      const places = [...fingers.values()];
      const middle = places.reduce((sum, x) => sum + x, 0) / places.length;
      const spread =
        places.length > 1 ? Math.abs(places[0] - places[1]) : null;
      return { middle, spread };
    };
    const moved = (event) => {
      if (!fingers.has(event.pointerId)) return;
      fingers.set(event.pointerId, event.clientX);
      const now = state();
      const { min, max } = chart.scales.x;
      const { left, width } = area.getBoundingClientRect();
      const both = now.spread && before.spread;
      const factor = both ? before.spread / Math.max(now.spread, 1) : 1;
      const held = min + ((before.middle - left) / width) * (max - min);
      const start = held - ((now.middle - left) / width) * (max - min) * factor;
      before = now;
      showRange(start, start + (max - min) * factor);
    };
    const lifted = (event) => {
      fingers.delete(event.pointerId);
      before = state();
    };
    area.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch") return;
      fingers.set(event.pointerId, event.clientX);
      before = state();
    });
    area.addEventListener("pointermove", moved);
    area.addEventListener("pointerup", lifted);
    area.addEventListener("pointercancel", lifted);
  };

  const draw = (name, label) => {
    const target = document.getElementById(name);
    const options = {
      width: target.clientWidth,
      height: HEIGHTS[name],
      legend: { show: false },
      tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
      scales: { x: { time: data.timed } },
      axes: [
        data.timed ? { ...axis(48), values: DATES } : axis(34),
        { ...axis(widest), values: labels },
      ],
      series: [
        {},
        {
          label,
          stroke: () => colour(name),
          width: 1.25,
          points: { show: false },
        },
      ],
      cursor: {
        y: false,
        sync: { key: "matrix-profile" },
        bind: {
          dblclick: () => () => {
            showRange(first, last);
            return null;
          },
        },
      },
      hooks: {
        drawAxes: [drawMarks],
        setCursor: [report(name)],
        setScale: [follow],
        ready: [touches],
      },
    };
    return new uPlot(options, columns(data[name]), target);
  };

  const zoom = {
    in: (from, to) => showRange(...around(from, to, 1 / ZOOM_STEP)),
    out: (from, to) => showRange(...around(from, to, ZOOM_STEP)),
    left: (from, to) => showRange(...shifted(from, to, -MOVE_STEP)),
    right: (from, to) => showRange(...shifted(from, to, MOVE_STEP)),
    all: () => showRange(first, last),
  };
  const around = (from, to, factor) => {
    const half = ((to - from) * factor) / 2;
    return [(from + to) / 2 - half, (from + to) / 2 + half];
  };
  const shifted = (from, to, part) => [
    from + (to - from) * part,
    to + (to - from) * part,
  ];

  const goTo = (start) => {
    const margin = AROUND * data.window;
    showRange(timeOf(start - margin), timeOf(start + data.window + margin));
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    charts.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
  };

  drawn.push(draw("series", data.variable), draw("profile", "distance"));
  showRange(first, last);

  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      const { min, max } = drawn[0].scales.x;
      zoom[button.dataset.zoom](min, max);
    });
  }
  for (const button of document.querySelectorAll("[data-start]")) {
    button.addEventListener("click", () => goTo(Number(button.dataset.start)));
  }
  new ResizeObserver(() => {
    for (const chart of drawn) {
      const width = chart.root.parentElement.clientWidth;
      if (width !== chart.width) {
        chart.setSize({ width, height: chart.height });
      }
    }
  }).observe(charts);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const chart of drawn) chart.redraw();
  });
})();
