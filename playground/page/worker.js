// Runs the analysis beside the page, so that typing never waits for it.
//
// In: first the bytes of the module, then requests, each with a number. Out: an answer with the number of its request, or `trap` if the
// module stopped. The next request gets a new instance then.
"use strict";

let module;
let instance;

function ask(request) {
  instance ??= new WebAssembly.Instance(module);
  const { memory, request: place, answer } = instance.exports;
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  // A call may replace the buffer, so it is asked for afterwards.
  const to = place(bytes.length) >>> 0;
  new Uint8Array(memory.buffer, to, bytes.length).set(bytes);
  const at = answer() >>> 0;
  const length = new DataView(memory.buffer).getUint32(at, true);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, at + 4, length)));
}

onmessage = ({ data: { bytes, number, request } }) => {
  try {
    if (bytes) {
      module = new WebAssembly.Module(bytes);
      instance = undefined;
      postMessage({ number });
    } else {
      postMessage({ number, answer: ask(request) });
    }
  } catch (error) {
    instance = undefined;
    postMessage({ number, trap: String(error) });
  }
};
