// Marks over the text, and a line beside it for each secret.

const lineHeight = () => Number.parseFloat(getComputedStyle(at("numbers")).lineHeight);

/** Returns the colour of a finding's secret, as an index, or -1. */
const colour = (finding) => (report.graph?.secrets ?? []).indexOf(finding.secret);

/** Returns the parts of the text that are marked, by start; where two overlap, the shorter is inside. */
function parts() {
  const found = [];
  report.findings.forEach((finding) => {
    const name = finding.is_error ? "error" : "warning";
    for (const place of [finding.place, ...finding.also]) found.push({ ...place, name });
  });
  report.unreadable.forEach(({ place }) => found.push({ ...place, name: "error" }));
  const steps = report.findings[shown]?.flow ?? [];
  steps.forEach(({ place }, index) => found.push({ ...place, name: "step", step: index + 1 }));
  return found.filter(({ start, end }) => start < end);
}

function showMarks() {
  const value = text.value;
  const all = parts();
  const cuts = new Set([0, value.length]);
  all.forEach(({ start, end }) => cuts.add(start).add(Math.min(end, value.length)));
  const sorted = [...cuts].filter((cut) => cut <= value.length).sort((a, b) => a - b);
  const nodes = [];
  sorted.slice(0, -1).forEach((start, index) => {
    const piece = value.slice(start, sorted[index + 1]);
    const over = all.filter((part) => part.start <= start && start < part.end);
    if (over.length === 0) {
      nodes.push(piece);
      return;
    }
    const mark = make(
      "mark",
      { className: [...new Set(over.map(({ name }) => name))].join(" ") },
      piece,
    );
    const steps = over.filter((part) => part.step && part.start === start).map((part) => part.step);
    if (steps.length > 0) mark.dataset.step = steps.join(",");
    nodes.push(mark);
  });
  showLines(...nodes);
  showLanes();
}

/** Shows the numbers of the lines. `nodes` are the text with its marks. */
function showLines(...nodes) {
  at("marks").replaceChildren(...(nodes.length > 0 ? nodes : [text.value]), "\n ");
  const count = text.value.split("\n").length;
  at("numbers").textContent = Array.from({ length: count }, (_, index) => index + 1).join("\n");
}

/** Draws a line beside the text for each secret: a dot for each line that it passes, and a triangle where it leaks. */
function showLanes() {
  const height = lineHeight();
  const lanes = new Map();
  report.findings.forEach((finding) => {
    const key = colour(finding);
    if (key < 0) return;
    const lane = lanes.get(key) ?? { lines: new Set(), ends: new Set() };
    finding.flow.forEach(({ place }) => lane.lines.add(place.line));
    lane.lines.add(finding.place.line);
    if (finding.flow.length > 0) lane.ends.add(finding.place.line);
    lanes.set(key, lane);
  });
  const svg = at("lanes");
  svg.setAttribute("width", lanes.size * LANE);
  svg.setAttribute("height", text.value.split("\n").length * height);
  const middle = (line) => (line - 0.5) * height;
  svg.replaceChildren();
  [...lanes.keys()]
    .sort((a, b) => a - b)
    .forEach((key, index) => {
      const { lines, ends } = lanes.get(key);
      const x = index * LANE + LANE / 2;
      const stroke = `var(--s${key % COLOURS})`;
      const [first, last] = [Math.min(...lines), Math.max(...lines)];
      const line = draw("path", { class: "lane", d: `M${x} ${middle(first)}V${middle(last)}` });
      line.style.stroke = stroke;
      svg.append(line);
      for (const one of lines) {
        const y = middle(one);
        const end = draw("path", { class: "lane-end", d: `M${x - 5} ${y - 4}h10l-5 9z` });
        const dot = ends.has(one) ? end : draw("circle", { cx: x, cy: y, r: 3.5 });
        dot.style.fill = stroke;
        svg.append(dot);
      }
    });
  at("legend").replaceChildren(
    ...[...lanes.keys()]
      .sort((a, b) => a - b)
      .map((key) => {
        const sample = draw("svg", { width: 12, height: 12, "aria-hidden": "true" });
        const dot = draw("circle", { cx: 6, cy: 6, r: 5 });
        dot.style.fill = `var(--s${key % COLOURS})`;
        sample.append(dot);
        return make("li", {}, sample, report.graph.secrets[key]);
      }),
  );
}
