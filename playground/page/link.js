// The link. The fragment of an address stays in the browser.

async function through(stream, bytes) {
  return new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer(),
  );
}

async function toFragment(words) {
  const bytes = await through(
    new CompressionStream("deflate-raw"),
    new TextEncoder().encode(words),
  );
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `#d=${btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** Returns the text of a fragment; undefined if it has none. */
async function fromFragment(fragment) {
  if (!fragment.startsWith("#d=")) return undefined;
  const binary = atob(fragment.slice(3).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = await through(
    new DecompressionStream("deflate-raw"),
    Uint8Array.from(binary, (c) => c.charCodeAt(0)),
  );
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
  await copy(
    url.href,
    at("share-said"),
    "The link is copied. The text is in the link itself: who gets the link can read it.",
  );
}
