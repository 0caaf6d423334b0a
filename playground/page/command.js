// The build command, and where its secrets come from.

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
    const kind = make(
      "select",
      { "aria-label": `Kind of the source of ${id}` },
      make("option", { value: "env" }, "variable"),
      make("option", { value: "file" }, "file"),
    );
    kind.value = source.is_file ? "file" : "env";
    const input = make("input", {
      value: source.name,
      spellcheck: false,
      "aria-label": `Source of ${id}`,
    });
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
  if (report.unreadable.length > 0 || !text.value.trim())
    return refuse("A Dockerfile that can be read gets a build command.");
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
  say(
    at("command-said"),
    answer.file ? `Save it as ${answer.file[0]}, and build with: ${answer.file[1]}` : "",
  );
  say(at("copy-said"), "");
  at("command").hidden = false;
  at("command-text").textContent = answer.text;
  at("notes").replaceChildren(...answer.notes.map((note) => make("li", {}, ...sentence(note))));
}
