/** Small charts as SVG, without a library: lines and points over numeric axes. */

const INK = "#768390";
const COLORS = ["#2f81f7", "#db6d28", "#3fb950", "#a371f7", "#d4a72c", "#f778ba"];

/**
 * @param {object} chart
 * @param {string} chart.title
 * @param {{ title: string, xLabel?: string, yLabel?: string, x: [number, number], y: [number, number], log?: boolean, series: object[] }[]} chart.panels
 *   series: { label, points: [x, y][], color?, dash?, dots? }; with `log` both axes are logarithmic
 */
export function svgChart({ title, panels, columns = 1, panelWidth = 560, panelHeight = 220 }) {
  const numRows = Math.ceil(panels.length / columns);
  const width = columns * panelWidth;
  const height = 34 + numRows * panelHeight;
  const body = panels.map((panel, i) => {
    const left = (i % columns) * panelWidth;
    const top = 34 + Math.floor(i / columns) * panelHeight;
    return drawPanel(panel, { left, top, width: panelWidth, height: panelHeight });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11">`,
    text(10, 20, title, { size: 14, weight: 600 }),
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel(panel, box) {
  const plot = {
    left: box.left + 58,
    right: box.left + box.width - 16,
    top: box.top + 24,
    bottom: box.top + box.height - 36,
  };
  const x = scale(panel.x, plot.left, plot.right, panel.log);
  const y = scale(panel.y, plot.bottom, plot.top, panel.log);
  const parts = [text(plot.left, box.top + 14, panel.title, { weight: 600 })];
  for (const value of ticks(panel.y, panel.log)) {
    parts.push(
      `<path d="M${fix(plot.left)} ${fix(y(value))}H${fix(plot.right)}" stroke="${INK}" stroke-opacity=".25"/>`,
      text(plot.left - 6, y(value) + 4, number(value), { anchor: "end" }),
    );
  }
  for (const value of ticks(panel.x, panel.log)) {
    parts.push(text(x(value), plot.bottom + 14, number(value), { anchor: "middle" }));
  }
  parts.push(
    `<path d="M${fix(plot.left)} ${fix(plot.bottom)}H${fix(plot.right)}" stroke="${INK}"/>`,
    text((plot.left + plot.right) / 2, plot.bottom + 29, panel.xLabel ?? "", { anchor: "middle" }),
    `<text transform="translate(${fix(box.left + 14)} ${fix((plot.top + plot.bottom) / 2)}) rotate(-90)" text-anchor="middle" fill="${INK}">${escape(panel.yLabel ?? "")}</text>`,
  );
  const clip = ([a, b]) => a >= panel.x[0] && a <= panel.x[1] && b >= panel.y[0] && b <= panel.y[1];
  panel.series.forEach((series, i) => {
    const color = series.color ?? COLORS[i % COLORS.length];
    const shown = series.points.filter(clip);
    if (series.dots) {
      for (const [a, b] of shown) {
        parts.push(
          `<circle cx="${fix(x(a))}" cy="${fix(y(b))}" r="2.4" fill="${color}" fill-opacity=".65"/>`,
        );
      }
    } else {
      const path = shown.map(([a, b], j) => `${j === 0 ? "M" : "L"}${fix(x(a))} ${fix(y(b))}`);
      const dash = series.dash ? ` stroke-dasharray="${series.dash}"` : "";
      parts.push(
        `<path d="${path.join("")}" fill="none" stroke="${color}" stroke-width="1.6"${dash}/>`,
      );
    }
  });
  return [...parts, ...legend(panel.series, plot)].join("\n");
}

function legend(series, plot) {
  const labelled = series
    .map((one, i) => ({ ...one, color: one.color ?? COLORS[i % COLORS.length] }))
    .filter(({ label }) => label);
  let left = plot.right;
  return labelled.toReversed().flatMap(({ label, color, dash }) => {
    left -= label.length * 6.2 + 26;
    const line = `<path d="M${fix(left)} ${fix(plot.top - 13)}h16" stroke="${color}" stroke-width="2"${dash ? ` stroke-dasharray="${dash}"` : ""}/>`;
    return [line, text(left + 20, plot.top - 9, label)];
  });
}

function scale([low, high], from, to, isLog) {
  const at = isLog ? Math.log : (value) => value;
  return (value) => from + ((at(value) - at(low)) / (at(high) - at(low))) * (to - from);
}

function ticks([low, high], isLog) {
  if (isLog) {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      for (const digit of [1, 2, 5]) found.push(digit * 10 ** power);
    }
    const inside = found.filter((value) => value >= low && value <= high);
    return inside.length > 7
      ? inside.filter((value) => /^1(?:e|0|$)|^0\.0*1$/.test(String(value)))
      : inside;
  }
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((value) => value >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) {
    found.push(value);
  }
  return found;
}

const number = (value) => String(Number(value.toPrecision(3)));
const fix = (value) => String(Math.round(value * 10) / 10);
const escape = (value) => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function text(x, y, content, { anchor = "start", size = 11, weight = 400 } = {}) {
  return `<text x="${fix(x)}" y="${fix(y)}" fill="${INK}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}">${escape(content)}</text>`;
}
