// The findings, their fixes, and the graph of the audit.

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
    shown = Math.max(
      0,
      report.findings.findIndex((finding) => finding.is_error),
    );
    showStatus();
  } catch (error) {
    if (mine !== latest) return;
    report = EMPTY;
    say(
      at("status"),
      `The analysis stopped (${error.message}) and was loaded again. Change the text to check it again.`,
    );
  }
  showFindings();
  showMarks();
  showGraph();
  showSources();
  order();
  busy(false);
}

/** Says whether the findings are of an older text. Their buttons do nothing then. */
function busy(is) {
  at("findings").setAttribute("aria-busy", is);
  at("findings").inert = is;
  at("fix-all").disabled = is;
}

function showStatus() {
  const { unreadable, findings } = report;
  const errors = findings.filter((finding) => finding.is_error).length;
  const warnings = findings.length - errors;
  if (unreadable.length > 0) {
    say(
      at("status"),
      `This cannot be read as a Dockerfile: ${plural(unreadable.length, "mistake")}.`,
    );
  } else if (findings.length === 0) {
    say(at("status"), text.value.trim() ? "No findings." : "The text is empty.");
  } else {
    const parts = [errors && plural(errors, "error"), warnings && plural(warnings, "warning")];
    say(at("status"), `${parts.filter(Boolean).join(" and ")}.`);
  }
}

function showFindings() {
  const nodes = report.unreadable.map(unreadableNode);
  const groups = [
    ["Errors", true],
    ["Warnings", false],
  ];
  for (const [title, isError] of groups) {
    const some = report.findings
      .map((finding, index) => [finding, index])
      .filter(([finding]) => finding.is_error === isError);
    if (some.length === 0) continue;
    nodes.push(
      make("h3", {}, title),
      ...some.map(([finding, index]) => findingNode(finding, index)),
    );
  }
  at("findings").replaceChildren(...nodes);
  at("fix-all").hidden = !report.safe;
}

function unreadableNode({ place, message, help }) {
  return make(
    "article",
    { className: "finding error" },
    make(
      "div",
      { className: "top" },
      make("span", { className: "badge" }, "Not readable"),
      goTo(place),
    ),
    make("p", {}, ...sentence(message)),
    ...(help ? [make("p", {}, "Fix: ", ...sentence(help))] : []),
  );
}

function findingNode(finding, index) {
  const kind = finding.is_error ? "error" : "warning";
  const node = make(
    "article",
    {
      className: `finding ${kind}${index === shown ? " shown" : ""}`,
      "aria-label": `${kind}: ${finding.rule}`,
    },
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
    const steps = finding.flow.map(({ place, text }) =>
      make("li", {}, goTo(place, index), " ", ...sentence(text)),
    );
    node.append(
      make("p", { className: "hint" }, "Flow of the secret:"),
      make("ol", { className: "flow" }, ...steps),
    );
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
    const button = make(
      "button",
      {
        type: "button",
        className: fix.is_safe ? "main" : "",
        "aria-label": `${label}: ${finding.rule}, line ${finding.place.line}`,
      },
      label,
    );
    button.dataset.fix = index;
    button.onclick = () => apply(fix, `The fix of ${finding.rule} is applied.`);
    node.append(button);
    if (fix.flags.length > 0)
      node.append(
        make(
          "span",
          { className: "hint" },
          "The build then needs ",
          make("code", {}, fix.flags.join(" ")),
        ),
      );
  }
  if (finding.accepted) {
    const button = make(
      "button",
      { type: "button", "aria-label": `Accept it: ${finding.rule}, line ${finding.place.line}` },
      "Accept it ..",
    );
    button.onclick = () =>
      apply(
        { text: finding.accepted },
        "Write the reason in the place of the two dots.",
        (start, inserted) => {
          const reason = start + inserted.indexOf('".."') + 1;
          return [reason, reason + 2];
        },
      );
    node.append(button);
  }
  if (index !== shown && finding.flow.length > 0) {
    const show = make(
      "button",
      {
        type: "button",
        "aria-label": `Mark the flow in the text: ${finding.rule}, line ${finding.place.line}`,
      },
      "Mark the flow in the text",
    );
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
  const isDone =
    inserted === ""
      ? document.execCommand("delete")
      : document.execCommand("insertText", false, inserted);
  if (!isDone || text.value !== fix.text) text.value = fix.text;
  const [from, to] = wanted(start, inserted);
  text.setSelectionRange(from, to);
  say(at("share-said"), words);
  changed();
}

function showGraph() {
  const { graph } = report;
  document.querySelector(".graph").hidden = !graph;
  if (!graph) return;
  at("picture").src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(graph.svg)}`;
  at("picture").alt = `${graph.summary}. The same in words is below.`;
  at("words").textContent = graph.words;
}
