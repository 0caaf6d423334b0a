// What a person does with the page: opens it, types, presses buttons, reads.
"use strict";

const path = require("node:path");

const PAGE = `file://${path.join(process.argv[2], "index.html")}`;

/** Addresses that were requested, and errors that the browser reported, of all pages. */
const requests = [];
const complaints = [];

/** Opens the page, without a network. */
async function open(browser, { fragment = "", ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 1000 },
    offline: true,
    ...options,
  });
  context.on("request", (request) => requests.push(request.url()));
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(PAGE + fragment);
  await settled(page);
  return page;
}

/** Waits until the text on the page is checked. */
async function settled(page) {
  await page.locator("#findings[aria-busy=false]").waitFor({ state: "attached" });
}

/** Types a text in the place of the one that is there. */
async function type(page, words) {
  await page.locator("#text").focus();
  await page.keyboard.press("ControlOrMeta+A");
  if (words === "") await page.keyboard.press("Delete");
  else await page.keyboard.insertText(words);
  await settled(page);
}

const status = (page) => page.locator("#status").textContent();

/** Presses a button with the keyboard. */
async function press(page, name) {
  await page
    .getByRole("button", { name, exact: typeof name === "string" })
    .first()
    .focus();
  await page.keyboard.press("Enter");
}

/** Returns the finding of a rule. */
const finding = (page, rule) => page.getByRole("article", { name: new RegExp(rule) });

module.exports = { PAGE, requests, complaints, open, settled, type, status, press, finding };
