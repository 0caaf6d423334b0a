// The page: what is typed goes to the worker, and what it answers is shown. Texts become text nodes, never markup.
//
// The files of this folder are one script, in the order of `assemble`. This one: elements, words, and the worker.
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

/** Changes the text of an element that screen readers read out, if it differs. */
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

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

/** Copies a text, and says so in an element. */
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
