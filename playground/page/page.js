// The page: what is typed goes to the worker, and what it answers is shown. Texts become text nodes, never markup.
"use strict";

const at = (id) => document.getElementById(id);
const text = at("text");
const COLOURS = 8;
const LANE = 14;
// The analysis takes milliseconds for real files.
const PATIENCE = 30000;

/** Returns an element with properties and children. */
function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-")) element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

/** Returns an element of a picture. */
function draw(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** Returns nodes for a sentence with `code` in backticks. */
function sentence(words) {
  return words.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));
}

const plural = (count, word, many = `${word}s`) => `${count} ${count === 1 ? word : many}`;

// The analysis.

const analysis = {
  worker: undefined,
  waiting: new Map(),
  number: 0,

  async load() {
    const packed = Uint8Array.from(atob(at("module").textContent), (c) => c.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    this.bytes = await new Response(unpacked).arrayBuffer();
    await this.start();
  },

  start() {
    this.worker?.terminate();
    for (const { fail, clock } of this.waiting.values()) {
      clearTimeout(clock);
      fail(new Error("it took too long"));
    }
    this.waiting.clear();
    const source = new Blob([at("worker").textContent], { type: "text/javascript" });
    const url = URL.createObjectURL(source);
    this.worker = new Worker(url);
    this.worker.onmessage = ({ data }) => this.answered(data);
    return this.send({ bytes: this.bytes }).finally(() => URL.revokeObjectURL(url));
  },

  ask(request) {
    return this.send({ request });
  },

  send(message) {
    const number = ++this.number;
    return new Promise((done, fail) => {
      const clock = setTimeout(() => this.start(), PATIENCE);
      this.waiting.set(number, { done, fail, clock });
      this.worker.postMessage({ number, ...message });
    });
  },

  answered({ number, answer, trap }) {
    const waiting = this.waiting.get(number);
    if (!waiting) return;
    this.waiting.delete(number);
    clearTimeout(waiting.clock);
    if (trap === undefined) waiting.done(answer);
    else waiting.fail(new Error(trap));
  },
};

// Findings.

const EMPTY = { unreadable: [], findings: [], mounted: [] };
let report = EMPTY;
let shown = 0;
let latest = 0;

async function check() {
  const mine = ++latest;
  try {
    const isEmpty = !text.value.trim();
    const answer = isEmpty ? EMPTY : await analysis.ask({ kind: "check", text: text.value });
    if (mine !== latest) return;
    report = answer;
    shown = Math.max(0, report.findings.findIndex((finding) => finding.is_error));
    showStatus();
  } catch (error) {
    if (mine !== latest) return;
    report = EMPTY;
    say(at("status"), `The analysis stopped (${error.message}) and was loaded again. Change the text to check it again.`);
  }
  showFindings();
  showMarks();
  showGraph();
  showSources();
  order();
  at("findings").setAttribute("aria-busy", false);
}

/** Changes the text of an element that screen readers read out, if it differs. */
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function showStatus() {
  const { unreadable, findings } = report;
  const errors = findings.filter((finding) => finding.is_error).length;
  const warnings = findings.length - errors;
  if (unreadable.length > 0) {
    say(at("status"), `This cannot be read as a Dockerfile: ${plural(unreadable.length, "mistake")}.`);
  } else if (findings.length === 0) {
    say(at("status"), text.value.trim() ? "No findings." : "The text is empty.");
  } else {
    const parts = [errors && plural(errors, "error"), warnings && plural(warnings, "warning")];
    say(at("status"), `${parts.filter(Boolean).join(" and ")}.`);
  }
}

function showFindings() {
  const nodes = report.unreadable.map(unreadableNode);
  const groups = [["Errors", true], ["Warnings", false]];
  for (const [title, isError] of groups) {
    const some = report.findings.map((finding, index) => [finding, index]).filter(([finding]) => finding.is_error === isError);
    if (some.length === 0) continue;
    nodes.push(make("h3", {}, title), ...some.map(([finding, index]) => findingNode(finding, index)));
  }
  at("findings").replaceChildren(...nodes);
  at("fix-all").hidden = !report.safe;
}

function unreadableNode({ place, message, help }) {
  return make(
    "article",
    { className: "finding error" },
    make("div", { className: "top" }, make("span", { className: "badge" }, "Not readable"), goTo(place)),
    make("p", {}, ...sentence(message)),
    ...(help ? [make("p", {}, "Fix: ", ...sentence(help))] : []),
  );
}

function findingNode(finding, index) {
  const kind = finding.is_error ? "error" : "warning";
  const node = make(
    "article",
    { className: `finding ${kind}${index === shown ? " shown" : ""}`, "aria-label": `${kind}: ${finding.rule}` },
    make(
      "div",
      { className: "top" },
      make("span", { className: "badge" }, finding.is_error ? "Error" : "Warning"),
      make("strong", {}, finding.rule),
      goTo(finding.place, index),
      ...finding.also.map((place) => goTo(place, index)),
    ),
    make("p", {}, ...sentence(finding.message)),
  );
  if (finding.help) node.append(make("p", {}, "Fix: ", ...sentence(finding.help)));
  if (finding.flow.length > 0) {
    const steps = finding.flow.map(({ place, text }) => make("li", {}, goTo(place, index), " ", ...sentence(text)));
    node.append(make("p", { className: "hint" }, "Flow of the secret:"), make("ol", { className: "flow" }, ...steps));
  }
  node.append(actions(finding, index), about(finding.rule));
  return node;
}

/** Returns the page of a rule, which is read when it is opened. */
function about(rule) {
  const page = make("pre");
  const node = make("details", {}, make("summary", {}, `About ${rule}`), page);
  node.ontoggle = async () => {
    page.textContent ||= await analysis.ask({ kind: "rule", name: rule });
  };
  return node;
}

function actions(finding, index) {
  const node = make("div", { className: "actions" });
  const { fix } = finding;
  if (fix) {
    const label = fix.is_safe ? "Apply the fix" : "Apply the fix, then review it";
    const button = make("button", { type: "button", className: fix.is_safe ? "main" : "", "aria-label": `${label}: ${finding.rule}, line ${finding.place.line}` }, label);
    button.dataset.fix = index;
    button.onclick = () => apply(fix, `The fix of ${finding.rule} is applied.`);
    node.append(button);
    if (fix.flags.length > 0) node.append(make("span", { className: "hint" }, "The build then needs ", make("code", {}, fix.flags.join(" "))));
  }
  if (finding.accepted) {
    const button = make("button", { type: "button", "aria-label": `Accept it: ${finding.rule}, line ${finding.place.line}` }, "Accept it ..");
    button.onclick = () => apply({ text: finding.accepted }, "Write the reason in the place of the two dots.", (start, inserted) => {
      const reason = start + inserted.indexOf('".."') + 1;
      return [reason, reason + 2];
    });
    node.append(button);
  }
  if (index !== shown && finding.flow.length > 0) {
    const show = make("button", { type: "button", "aria-label": `Mark the flow in the text: ${finding.rule}, line ${finding.place.line}` }, "Mark the flow in the text");
    show.onclick = () => {
      markFlow(index);
      at("findings").querySelector(".shown button").focus();
    };
    node.append(show);
  }
  return node;
}

/** Marks the flow of a finding in the text. */
function markFlow(index) {
  shown = index;
  showFindings();
  showMarks();
}

/** Returns a button that selects a place in the text. */
function goTo(place, index) {
  const button = make("button", { type: "button", className: "link" }, `line ${place.line}`);
  button.onclick = () => {
    if (index !== undefined && index !== shown) markFlow(index);
    text.focus();
    text.setSelectionRange(place.start, place.end);
    const top = (place.line - 3) * lineHeight();
    text.closest(".editor").scrollTo({ top, left: 0 });
  };
  return button;
}

/** Replaces what differs, so that undo brings it back. `wanted` says what is selected then: the new part. */
function apply(fix, words, wanted = (start, inserted) => [start, start + inserted.length]) {
  const old = text.value;
  let start = 0;
  while (start < old.length && old[start] === fix.text[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, fix.text.length) - start;
  while (end < most && old[old.length - 1 - end] === fix.text[fix.text.length - 1 - end]) end += 1;
  const inserted = fix.text.slice(start, fix.text.length - end);
  text.focus();
  text.setSelectionRange(start, old.length - end);
  const isDone = inserted === "" ? document.execCommand("delete") : document.execCommand("insertText", false, inserted);
  if (!isDone || text.value !== fix.text) text.value = fix.text;
  const [from, to] = wanted(start, inserted);
  text.setSelectionRange(from, to);
  say(at("share-said"), words);
  changed();
}

// Marks over the text.

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
    const mark = make("mark", { className: [...new Set(over.map(({ name }) => name))].join(" ") }, piece);
    const steps = over.filter((part) => part.step && part.start === start).map((part) => part.step);
    if (steps.length > 0) mark.dataset.step = steps.join(",");
    nodes.push(mark);
  });
  at("marks").replaceChildren(...nodes, "\n ");
  const count = value.split("\n").length;
  at("numbers").textContent = Array.from({ length: count }, (_, index) => index + 1).join("\n");
  showLanes(count);
}

/** Draws a line beside the text for each secret: a dot for each line that it passes, and a triangle where it leaks. */
function showLanes(count) {
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
  svg.setAttribute("height", count * height);
  const middle = (line) => (line - 0.5) * height;
  svg.replaceChildren();
  [...lanes.keys()].sort((a, b) => a - b).forEach((key, index) => {
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
  at("legend").replaceChildren(...[...lanes.keys()].sort((a, b) => a - b).map((key) => {
    const sample = draw("svg", { width: 12, height: 12, "aria-hidden": "true" });
    const dot = draw("circle", { cx: 6, cy: 6, r: 5 });
    dot.style.fill = `var(--s${key % COLOURS})`;
    sample.append(dot);
    return make("li", {}, sample, report.graph.secrets[key]);
  }));
}

function showGraph() {
  const { graph } = report;
  document.querySelector(".graph").hidden = !graph;
  if (!graph) return;
  at("picture").src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(graph.svg)}`;
  at("picture").alt = `${graph.summary}. The same in words is below.`;
  at("words").textContent = graph.words;
}

// The build command.

const FORMS = [
  ["docker", "docker build"],
  ["podman", "podman build"],
  ["buildah", "buildah build"],
  ["nerdctl", "nerdctl build"],
  ["buildctl", "buildctl"],
  ["kaniko", "kaniko"],
  ["bake", "a bake file"],
  ["compose", "a compose file"],
  ["github", "GitHub Actions"],
  ["gitlab", "GitLab CI"],
];

/** What was typed for the source of a secret, by id. */
const sources = new Map();

function showSources() {
  const { mounted } = report;
  const before = [...at("sources").querySelectorAll(".source")].map((node) => node.dataset.id);
  at("sources").hidden = mounted.length === 0;
  const wanted = mounted.map(({ id }) => id);
  if (before.join("\n") === wanted.join("\n")) return;
  const nodes = mounted.map(({ id, is_file, name }) => {
    if (!sources.has(id)) sources.set(id, { is_file, name });
    const source = sources.get(id);
    const kind = make("select", { "aria-label": `Kind of the source of ${id}` }, make("option", { value: "env" }, "variable"), make("option", { value: "file" }, "file"));
    kind.value = source.is_file ? "file" : "env";
    const input = make("input", { value: source.name, spellcheck: false, "aria-label": `Source of ${id}` });
    input.autocomplete = "off";
    kind.onchange = () => {
      source.is_file = kind.value === "file";
      order();
    };
    input.oninput = () => {
      source.name = input.value;
      order();
    };
    const node = make("div", { className: "source" }, make("code", {}, id), kind, input);
    node.dataset.id = id;
    return node;
  });
  at("sources").replaceChildren(at("sources").firstElementChild, ...nodes);
}

let latestOrder = 0;

async function order() {
  const mine = ++latestOrder;
  const refuse = (words) => {
    at("command").hidden = true;
    say(at("command-said"), words);
  };
  if (report.unreadable.length > 0 || !text.value.trim()) return refuse("A Dockerfile that can be read gets a build command.");
  const open = report.findings.filter((finding) => finding.is_refused);
  if (open.length > 0) {
    const list = open.map(({ rule, place }) => `${rule} in line ${place.line}`).join(", ");
    return refuse(`A Dockerfile without leaks gets a build command. Fix or accept first: ${list}.`);
  }
  const request = {
    kind: "command",
    text: text.value,
    form: at("form").value,
    tag: at("tag").value.trim(),
    sources: report.mounted.map(({ id }) => ({ id, ...sources.get(id) })),
  };
  let answer;
  try {
    answer = await analysis.ask(request);
  } catch (error) {
    answer = { problem: `The analysis stopped: ${error.message}` };
  }
  if (mine !== latestOrder) return;
  if (answer.problem) return refuse(answer.problem);
  say(at("command-said"), answer.file ? `Save it as ${answer.file[0]}, and build with: ${answer.file[1]}` : "");
  say(at("copy-said"), "");
  at("command").hidden = false;
  at("command-text").textContent = answer.text;
  at("notes").replaceChildren(...answer.notes.map((note) => make("li", {}, ...sentence(note))));
}

async function copy(words, said, done) {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    const hidden = make("textarea", { value: words });
    const before = document.activeElement;
    document.body.append(hidden);
    hidden.select();
    const isDone = document.execCommand("copy");
    hidden.remove();
    before?.focus();
    if (!isDone) return say(said, "The browser does not permit to copy.");
  }
  say(said, "");
  requestAnimationFrame(() => say(said, done));
}

// The link. The fragment of an address stays in the browser.

async function through(stream, bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

async function toFragment(words) {
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(words));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `#d=${btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** Returns the text of a fragment; undefined if it has none. */
async function fromFragment(fragment) {
  if (!fragment.startsWith("#d=")) return undefined;
  const binary = atob(fragment.slice(3).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = await through(new DecompressionStream("deflate-raw"), Uint8Array.from(binary, (c) => c.charCodeAt(0)));
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

async function readLink() {
  try {
    const words = await fromFragment(location.hash);
    if (words === undefined) return false;
    text.value = words;
    return true;
  } catch {
    say(at("share-said"), "The link is damaged: its text cannot be read.");
    return false;
  }
}

async function share() {
  const url = new URL(location.href);
  url.hash = await toFragment(text.value);
  history.replaceState(null, "", url.hash);
  await copy(url.href, at("share-said"), "The link is copied. The text is in the link itself: who gets the link can read it.");
}

// The start.

let clock;

function changed() {
  clearTimeout(clock);
  at("findings").setAttribute("aria-busy", true);
  // What is known is of another text.
  report = { ...report, findings: [], unreadable: [] };
  showMarks();
  clock = setTimeout(check, 200);
}

const EXAMPLES = JSON.parse(at("examples").textContent);
at("example").append(...EXAMPLES.map(({ title }, index) => make("option", { value: index }, title)));
at("example").onchange = ({ target }) => {
  const example = EXAMPLES[target.value];
  target.value = "";
  if (example) apply(example, "The example is in the text. Undo brings yours back.", () => [0, 0]);
};
at("form").append(...FORMS.map(([value, words]) => make("option", { value }, words)));
at("form").onchange = order;
at("tag").oninput = order;
at("order").onsubmit = (event) => event.preventDefault();
at("copy").onclick = () => copy(at("command-text").textContent, at("copy-said"), "Copied.");
at("share").onclick = share;
at("fix-all").onclick = () => apply(report.safe, `${plural(report.safe.count, "fix is", "fixes are")} applied.`);
text.oninput = () => {
  say(at("share-said"), "");
  changed();
};
onhashchange = async () => {
  if (await readLink()) changed();
};

(async () => {
  if (!(await readLink())) text.value = EXAMPLES[0].text;
  showMarks();
  try {
    await analysis.load();
  } catch (error) {
    say(at("status"), `The analysis cannot be loaded: ${error.message}`);
    return;
  }
  await check();
})();
