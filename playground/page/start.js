// The start: what the controls do, and the first text.

let clock;

function changed() {
  clearTimeout(clock);
  busy(true);
  showLines();
  clock = setTimeout(check, 200);
}

const EXAMPLES = JSON.parse(at("examples").textContent);
at("example").append(
  ...EXAMPLES.map(({ title }, index) => make("option", { value: index }, title)),
);
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
at("fix-all").onclick = () =>
  apply(report.safe, `${plural(report.safe.count, "fix is", "fixes are")} applied.`);
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
