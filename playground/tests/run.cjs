// Uses the page in Chromium. In: the folder of the page, the program of Chromium, and words of the name of a step, to run some alone.
// Out: the steps that passed, or the first that failed, with status 1.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");
const { chromium } = require("playwright-core");
const {
  PAGE,
  requests,
  complaints,
  open,
  settled,
  type,
  status,
  press,
  finding,
} = require("./person.cjs");

const [folder, program, only = ""] = process.argv.slice(2);

const LEAK = `FROM debian
RUN --mount=type=secret,id=TOKEN cat /run/secrets/TOKEN > /root/.netrc
`;
const CLEAN = `FROM debian
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci
`;
const SAFE_FIX = `FROM debian
RUN --mount=type=secret,id=TOKEN,env=TOKEN,required=true <<EOF
set -x
curl --fail -H "Authorization: Bearer $TOKEN" https://example.com/data -o /data
EOF
`;

const steps = {
  async "the module imports nothing"() {
    const html = fs.readFileSync(path.join(folder, "index.html"), "utf8");
    const packed = /<script type="text\/plain" id="module">([^<]*)</.exec(html)[1];
    const bytes = zlib.gunzipSync(Buffer.from(packed, "base64"));
    assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
  },

  async "what is typed is checked"(browser) {
    const page = await open(browser);
    assert.match(await status(page), /^\d+ errors? and \d+ warnings?\.$/);
    await type(page, LEAK);
    assert.equal(await status(page), "1 error and 1 warning.");
    const finding = page.getByRole("article", { name: "error: SecretInLayer" });
    assert.match(
      await finding.textContent(),
      /TOKEN would leak: its value is written to \/root\/\.netrc.*Fix: .*rm -f \/root\/\.netrc/,
    );
    assert.deepEqual(await finding.locator("li button").allTextContents(), [
      "line 2",
      "line 2",
      "line 2",
    ]);
    assert.match(
      await page.getByRole("article", { name: "warning: SecretNotRequired" }).textContent(),
      /,required=true/,
    );
    assert.equal(
      await page.locator("#findings h3").allTextContents().then(String),
      "Errors,Warnings",
    );
  },

  async "the flow is marked in the text and drawn"(browser) {
    const page = await open(browser);
    await type(page, LEAK);
    const marks = await page
      .locator("#marks mark[data-step]")
      .evaluateAll((all) => all.map((mark) => [mark.dataset.step, mark.textContent]));
    assert.deepEqual(marks, [
      ["1", "--mount=type=secret,id=TOKEN"],
      ["2", "/run/secrets/TOKEN"],
      ["3", "/root/.netrc"],
    ]);
    assert.equal(await page.locator("#marks").textContent(), `${LEAK}\n `);
    assert.equal(await page.locator("#lanes .lane").count(), 1);
    assert.equal(await page.locator("#legend li").textContent(), "TOKEN");
    const picture = await page
      .locator("#picture")
      .evaluate((image) => image.decode().then(() => [image.naturalWidth, image.alt]));
    assert.ok(picture[0] > 500);
    assert.match(picture[1], /^1 secret, 1 step, 1 stage; 1 secret ends in the image/);
    assert.match(
      await page.locator("#words").textContent(),
      /cat -> layer: \/root\/\.netrc \(SecretInLayer\)/,
    );
    await finding(page, "SecretInLayer")
      .getByRole("button", { name: "line 2", exact: true })
      .last()
      .click();
    const selected = await page
      .locator("#text")
      .evaluate((text) => text.value.slice(text.selectionStart, text.selectionEnd));
    assert.equal(selected, "/root/.netrc");
  },

  async "marks lie on their text"(browser) {
    const page = await open(browser);
    const [text, marks] = await page.evaluate(() =>
      ["text", "marks"].map((id) => {
        const style = getComputedStyle(document.getElementById(id));
        const box = document.getElementById(id).getBoundingClientRect();
        return [
          style.font,
          style.lineHeight,
          style.padding,
          style.tabSize,
          box.x,
          box.y,
          box.width,
          box.height,
        ];
      }),
    );
    assert.deepEqual(text, marks);
  },

  async "a fix is applied and undone by the keyboard"(browser) {
    const page = await open(browser);
    await type(page, SAFE_FIX);
    assert.match(await status(page), /1 error/);
    await press(page, /^Apply the fix: SecretInBuildLog/);
    await settled(page);
    assert.equal(await status(page), "No findings.");
    assert.match(await page.locator("#text").inputValue(), /\nset \+x && curl/);
    assert.equal(
      await page.locator("#text").evaluate((text) => text === document.activeElement),
      true,
    );
    await page.keyboard.press("ControlOrMeta+Z");
    await settled(page);
    assert.equal(await page.locator("#text").inputValue(), SAFE_FIX);
    await press(page, "Apply all safe fixes");
    await settled(page);
    assert.equal(await status(page), "No findings.");
  },

  async "every front end gets its command"(browser) {
    const page = await open(browser);
    await type(page, CLEAN);
    await page.locator("#tag").fill("app");
    await page
      .locator("#command-text", {
        hasText: 'docker build --secret id=npmrc,src="$HOME"/.npmrc --tag app .',
      })
      .waitFor();
    await page.locator("#form").selectOption("github");
    await page.locator("#command-said", { hasText: "`npmrc`" }).waitFor();
    await page.locator("#form").selectOption("gitlab");
    await page.locator("#notes", { hasText: "the variable NPMRC of type File" }).waitFor();
    await page.getByLabel("Kind of the source of npmrc").selectOption("env");
    await page.getByLabel("Source of npmrc", { exact: true }).fill("NPMRC");
    const expected = {
      docker: "docker build --secret id=npmrc,env=NPMRC --tag app .",
      podman: "podman build --secret id=npmrc",
      buildah: "buildah build --secret id=npmrc",
      nerdctl: "nerdctl build --secret id=npmrc",
      buildctl: "buildctl build --frontend dockerfile.v0",
      kaniko: "/kaniko/executor",
      bake: '"target"',
      compose: "services:",
      github: "uses: ",
      gitlab: "script:",
    };
    const forms = await page
      .locator("#form option")
      .evaluateAll((all) => all.map(({ value }) => value));
    assert.deepEqual(forms, Object.keys(expected));
    for (const [form, words] of Object.entries(expected)) {
      await page.locator("#form").selectOption(form);
      await page.locator("#command-text", { hasText: words }).waitFor();
    }
    await page.locator("#form").selectOption("compose");
    await page
      .locator("#command-said", {
        hasText: "Save it as compose.yaml, and build with: docker compose",
      })
      .waitFor();
    await page.locator("#form").selectOption("docker");
    await page.locator("#command-text", { hasText: "docker build" }).waitFor();
    await press(page, "Copy");
    await page.locator("#copy-said", { hasText: "Copied." }).waitFor();
    await page.locator("#tag").focus();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.press("ControlOrMeta+V");
    assert.equal(
      await page.locator("#tag").inputValue(),
      "docker build --secret id=npmrc,env=NPMRC --tag app .",
    );
    await page.locator("#command-said", { hasText: "docker build --secret" }).waitFor();
    await page.locator("#tag").fill("");
    await type(page, LEAK);
    await page
      .locator("#command-said", { hasText: "Fix or accept first: SecretInLayer in line 2." })
      .waitFor();
    assert.equal(await page.locator("#command").isVisible(), false);
    await type(page, CLEAN.replace("npm ci", "frobctl /root/.npmrc"));
    await page
      .locator("#command-said", {
        hasText: "Fix or accept first: SecretToUnknownProgram in line 2.",
      })
      .waitFor();
    await press(page, /^Accept it: SecretToUnknownProgram/);
    await page.keyboard.insertText("it keeps nothing");
    await settled(page);
    assert.match(
      await page.locator("#text").inputValue(),
      /\n# dockerfile-dsl: allow=SecretToUnknownProgram secret=npmrc reason="it keeps nothing"\nRUN/,
    );
    assert.equal(await status(page), "No findings.");
    await page.locator("#command-text", { hasText: "docker build" }).waitFor();
  },

  async "a finding has the page of its rule"(browser) {
    const page = await open(browser);
    await type(page, LEAK);
    const about = finding(page, "SecretInLayer").locator("details");
    await about.locator("summary").focus();
    await page.keyboard.press("Enter");
    await about.locator("pre", { hasText: /^# SecretInLayer/ }).waitFor();
  },

  async "a link carries the text"(browser) {
    const page = await open(browser);
    const words = `${CLEAN}# ü 漢字 🦀 <b>&\n`;
    await type(page, words);
    await press(page, "Copy link");
    await page.locator("#share-said", { hasText: "The link is copied" }).waitFor();
    const { hash } = new URL(page.url());
    assert.match(hash, /^#d=[\w-]+$/);
    const other = await open(browser, { fragment: hash });
    assert.equal(await other.locator("#text").inputValue(), words);
    const damaged = await open(browser, { fragment: "#d=AAAA" });
    assert.match(await damaged.locator("#share-said").textContent(), /damaged/);
  },

  async "text is never markup"(browser) {
    const page = await open(browser);
    await type(
      page,
      "FROM debian\nRUN --mount=type=secret,id=x,required=true cat /run/secrets/x > '/<img src=x onerror=alert(1)>'\n",
    );
    assert.match(await page.locator("#findings").textContent(), /<img src=x onerror=alert\(1\)>/);
    assert.equal(await page.locator("#findings img, #marks img").count(), 0);
  },

  async "what cannot be read says where"(browser) {
    const page = await open(browser);
    await type(page, "FROM debian\nRUNN true\n");
    assert.equal(await status(page), "This cannot be read as a Dockerfile: 1 mistake.");
    assert.match(await page.locator("#findings").textContent(), /Not readable.*line 2/);
    await type(page, "");
    assert.equal(await status(page), "The text is empty.");
  },

  async "deeply nested and long texts have an answer"(browser) {
    const page = await open(browser);
    for (const [before, after] of [
      ["$(", ")"],
      ["( ", " )"],
      ["if true; then ", "; fi"],
      ["${x:-", "}"],
      ['eval "', '"'],
      ["f() { ", "; }"],
    ]) {
      for (const depth of [99, 400, 5000]) {
        const script = `${before.repeat(depth)}cat /run/secrets/x${after.repeat(depth)} > /x`;
        await type(page, `FROM debian\nRUN --mount=type=secret,id=x,required=true ${script}\n`);
        assert.doesNotMatch(await status(page), /stopped/, `${before} ${depth} times`);
        assert.notEqual(
          await page.locator("#findings article").count(),
          0,
          `${before} ${depth} times`,
        );
      }
    }
    const nested = (depth) =>
      depth === 0 ? "cat /run/secrets/x" : `sh -c '${nested(depth - 1).replaceAll("'", "'\\''")}'`;
    await type(page, `FROM debian\nRUN --mount=type=secret,id=x,required=true ${nested(8)} > /x\n`);
    assert.doesNotMatch(await status(page), /stopped/);
    for (const program of ["env", "timeout 1", "xargs", "command"]) {
      await type(
        page,
        `FROM debian\nRUN --mount=type=secret,id=x,required=true ${`${program} `.repeat(3000)}cat /run/secrets/x > /x\n`,
      );
      assert.equal(await status(page), "1 warning.", program);
    }
    const functions = Array.from(
      { length: 390 },
      (_, index) =>
        `f${index}() { for a in 1 2; do if b; then echo "$(f${index + 1})"; fi; done; }\n`,
    );
    await type(
      page,
      `FROM debian\nRUN --mount=type=secret,id=x,required=true <<EOF\n${functions.join("")}f390() { cat /run/secrets/x; }\nf0 > /x\nEOF\n`,
    );
    assert.doesNotMatch(await status(page), /stopped/);
    await type(
      page,
      `FROM debian\n${"RUN --mount=type=secret,id=x,required=true cat /run/secrets/x > /x\n".repeat(200)}`,
    );
    assert.match(await status(page), /errors/);
  },

  async "a module that stops is loaded again"(browser) {
    const page = await open(browser);
    const source = await page.locator("#worker").textContent();
    const stops = source.replace(
      "function ask(request) {",
      "let asked = 0;\nfunction ask(request) {\n  if (asked++ === 0) throw new WebAssembly.RuntimeError('unreachable');",
    );
    assert.notEqual(stops, source);
    await page.evaluate((stops) => {
      at("worker").textContent = stops;
      return analysis.start();
    }, stops);
    await type(page, CLEAN);
    assert.match(await status(page), /stopped \(RuntimeError: unreachable\) and was loaded again/);
    await type(page, LEAK);
    assert.equal(await status(page), "1 error and 1 warning.");
  },

  async "every control has a name and shows the focus"(browser) {
    const page = await open(browser);
    await type(page, LEAK);
    const seen = [];
    await page.locator("h1").click();
    for (let count = 0; count < 60; count += 1) {
      await page.keyboard.press("Tab");
      const found = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === document.body) return undefined;
        const outlined = element.id === "text" ? element.closest(".editor") : element;
        const labels = [...(element.labels ?? [])].map((label) => label.textContent);
        const by = (element.getAttribute("aria-labelledby") ?? "")
          .split(" ")
          .map((id) => document.getElementById(id)?.textContent);
        const name = [
          element.getAttribute("aria-label"),
          ...labels,
          ...by,
          element.textContent,
        ].find(Boolean);
        return {
          id: element.id || element.className || element.tagName,
          name,
          outline: getComputedStyle(outlined).outlineStyle,
        };
      });
      if (!found) break;
      assert.ok(found.name?.trim(), `${found.id} has a name`);
      assert.equal(found.outline, "solid", `${found.id} shows the focus`);
      seen.push(found.id);
    }
    for (const id of ["example", "share", "text", "picture", "form", "tag"])
      assert.ok(seen.includes(id), `Tab reaches ${id}: ${seen}`);
    assert.ok(
      seen.indexOf("text") < seen.indexOf("link") && seen.indexOf("link") < seen.indexOf("form"),
    );
  },

  async "colours have contrast, and narrow pages no overflow"(browser) {
    const pairs = [
      ["text", "page"],
      ["text", "panel"],
      ["quiet", "page"],
      ["quiet", "panel"],
      ["accent", "panel"],
      ["accent-text", "accent"],
      ["error", "error-back"],
      ["warning", "warning-back"],
      ["text", "error-back"],
      ["text", "warning-back"],
      ["text", "step-back"],
      ["safe", "panel"],
    ];
    for (const colorScheme of ["light", "dark"]) {
      for (const [name, width] of [
        ["wide", 1400],
        ["narrow", 360],
      ]) {
        const page = await open(browser, { colorScheme, viewport: { width, height: 1000 } });
        const colours = await page.evaluate(
          (names) =>
            names.map((name) =>
              getComputedStyle(document.documentElement).getPropertyValue(`--${name}`),
            ),
          pairs.flat(),
        );
        pairs.forEach((pair, index) => {
          const [a, b] = colours
            .slice(2 * index, 2 * index + 2)
            .map(luminance)
            .sort((a, b) => b - a);
          const contrast = (a + 0.05) / (b + 0.05);
          assert.ok(
            contrast >= 4.5,
            `${colorScheme}: ${pair} has a contrast of ${contrast.toFixed(2)}`,
          );
        });
        assert.ok(
          (await page.evaluate(() => document.documentElement.scrollWidth)) <= width,
          `${name} has no overflow`,
        );
        await page.locator("#picture").evaluate((image) => image.decode());
        await page.screenshot({
          path: path.join(folder, `${name}-${colorScheme}.png`),
          fullPage: true,
        });
      }
    }
  },

  async "nothing is requested, and the policy permits nothing"(browser) {
    const page = await open(browser);
    const others = requests.filter(
      (url) => !url.startsWith(PAGE) && !url.startsWith("blob:") && !url.startsWith("data:"),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(complaints, []);
    const refused = await page.evaluate(async () => {
      const policies = [];
      document.addEventListener("securitypolicyviolation", (event) =>
        policies.push(event.effectiveDirective),
      );
      const tries = [
        () => fetch("https://example.com"),
        () => navigator.sendBeacon("https://example.com", "x"),
        () => {
          document.body.append(Object.assign(new Image(), { src: "https://example.com/x.png" }));
        },
        () => {
          document.body.append(
            Object.assign(document.createElement("script"), { src: "https://example.com/x.js" }),
          );
        },
        () => new WebSocket("wss://example.com"),
      ];
      for (const one of tries)
        await Promise.resolve()
          .then(one)
          .catch(() => {});
      const source =
        "fetch('https://example.com').then(() => postMessage('sent'), () => postMessage('refused'))";
      const worker = new Worker(URL.createObjectURL(new Blob([source])));
      const said = await new Promise((done) => {
        worker.onmessage = ({ data }) => done(data);
      });
      worker.terminate();
      return { policies: [...new Set(policies)].sort(), said };
    });
    assert.deepEqual(refused, {
      policies: ["connect-src", "img-src", "script-src-elem"],
      said: "refused",
    });
  },
};

/** Returns the relative luminance of a colour, `#rrggbb`. */
function luminance(colour) {
  const [red, green, blue] = colour
    .trim()
    .match(/[0-9a-f]{2}/gi)
    .map((digits) => {
      const part = Number.parseInt(digits, 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

(async () => {
  const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
  let passed = 0;
  try {
    for (const [name, step] of Object.entries(steps).filter(([name]) => name.includes(only))) {
      try {
        await step(browser);
      } catch (error) {
        console.log(`${name}: FAILED`, complaints);
        throw error;
      }
      for (const context of browser.contexts()) await context.close();
      passed += 1;
      console.log(`${name}: ok`);
    }
  } finally {
    await browser.close();
  }
  console.log(`playground: ${passed} steps passed`);
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
