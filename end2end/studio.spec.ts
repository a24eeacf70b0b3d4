import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const STUDIO = "/c/fern-valley/studio";

/** Becomes one of the demo's members. */
async function be(page: Page, name: string) {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Fern Valley Garden" })).toBeVisible();
}

/** Addresses under /editor/ that the page asks for from now on, and every breach of the content security policy. */
async function watch(page: Page): Promise<{ editor: string[] }> {
  const editor: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/editor/")) editor.push(pathname);
  });
  return { editor };
}

/** Opens the studio and waits for Monaco. */
async function open(page: Page, path = STUDIO): Promise<Locator> {
  await page.goto(path);
  const editor = page.getByRole("textbox", { name: "Source of the policy" }).and(page.locator(".monaco-editor *"));
  // What takes the keys is an element without a size, so that it cannot be "visible".
  await expect(editor).toBeAttached({ timeout: 60_000 });
  return editor;
}

/** The text in the editor, as the form would send it. */
const source = (page: Page) => page.locator("#source-text").inputValue();

/** Puts the caret behind the first occurrence of a text. */
async function goBehind(page: Page, text: string) {
  await page.keyboard.press("Control+f");
  const find = page.getByRole("textbox", { name: "Find" });
  await find.fill(text);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowRight");
}

const verdict = (page: Page) => page.locator(".pane-res .verdict .word");

test.describe("with a script", () => {
  test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, "the studio's editor and live results are scripts");
  test.slow();

  test("an author writes a policy, tries it, and proposes it; a member votes", async ({ page }) => {
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => console.error(`csp: ${event.violatedDirective} ${event.blockedURI}`));
    });
    await be(page, "Ada Lindqvist");
    const editor = await open(page);
    await page.getByLabel("Name", { exact: true }).fill("Topics by two votes");
    await page.getByLabel("What it does, in plain words").fill("A channel's topic changes when two members say yes.");
    await page.getByRole("checkbox", { name: "Set a channel's topic" }).check();

    // The server plays the scenario: everyone votes yes after an hour.
    await expect(verdict(page)).toHaveText("Passed", { timeout: 20_000 });

    // A misspelt verdict is underlined at the literal, with what was meant.
    await editor.focus();
    await goBehind(page, "if (yes >= 2) ");
    await page.keyboard.type("return PASED; ");
    const problems = page.getByRole("region", { name: /^To look at/ });
    await expect(problems.getByText(/Cannot find name 'PASED'/)).toBeVisible({ timeout: 20_000 });
    await expect(page.locator(".monaco-editor .squiggly-error").first()).toBeVisible();
    await expect(problems.getByText("Write PASSED.")).toBeVisible();

    // The quick fix mends it.
    for (let n = 0; n < 4; n++) await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Control+.");
    await page.getByRole("option", { name: "Write PASSED" }).or(page.locator(".action-widget").getByText("Write PASSED")).first().click();
    await expect.poll(() => source(page)).toContain("return PASSED; return passed");
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");

    // A member's fields are offered.
    await editor.focus();
    await goBehind(page, "function pass(action) {");
    await page.keyboard.type("\nlog(action.initiator?.");
    const offers = page.locator(".suggest-widget.visible");
    await expect(offers.getByText("displayName", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
    await page.keyboard.type("displ");
    await page.keyboard.press("Enter");
    await expect.poll(() => source(page)).toContain("log(action.initiator?.displayName");

    // The event moves with the keyboard, and with the pointer.
    const event = page.getByRole("slider", { name: "Everyone votes yes" });
    await expect(event).toHaveAttribute("aria-valuetext", "1 h");
    await event.focus();
    await page.keyboard.press("Shift+ArrowRight");
    await expect(event).toHaveAttribute("aria-valuetext", "2 h");
    const from = await event.boundingBox();
    const line = await page.locator(".events").boundingBox();
    if (!from || !line) throw new Error("the timeline is not there");
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(line.x + line.width / 4, from.y + from.height / 2, { steps: 5 });
    await page.mouse.up();
    await expect(event).not.toHaveAttribute("aria-valuetext", "2 h");

    // Voting no turns the verdict.
    await page.locator(".happening").getByRole("combobox", { name: "Vote" }).selectOption({ label: "no" });
    await expect(verdict(page)).toHaveText("Failed", { timeout: 20_000 });

    await page.getByRole("button", { name: "Propose this policy" }).click();
    await expect(page.getByRole("heading", { level: 1, name: /Topics by two votes/ })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByRole("heading", { name: "What “Topics by two votes” would be" })).toBeVisible();
    await expect(page.getByText(/Can carry out: set a channel's topic \(\d+ channels\)/)).toBeVisible();
    await expect(page.getByText(/on trial: it decides and records/)).toBeVisible();
    // A member who was drawn reads the case, tries it without reading code, and votes.
    const address = page.url();
    const asked = page.getByRole("region", { name: "Who was asked, who voted" });
    const juror = (await asked.getByRole("list").first().getByRole("listitem").first().innerText()).split("\n").at(-1)!.trim();
    await be(page, juror);
    await page.goto(address);
    const ballot = page.getByRole("region", { name: "Your vote" });
    await ballot.getByRole("radio", { name: "Yes" }).check();
    await ballot.getByRole("button", { name: "Vote", exact: true }).click();
    await expect(page.getByText(/Your vote is in\./).first()).toBeVisible();
    await page.getByRole("button", { name: "Try it" }).click();
    await expect(verdict(page)).toHaveText("Passed", { timeout: 20_000 });
  });

  test("every feature of the editor is in the build", async ({ page }) => {
    await be(page, "Ada Lindqvist");
    await open(page);
    const abilities = await page.evaluate(async () => {
      const held = globalThis as unknown as { polityEditor: { core(): Promise<{ abilities(): string[] }> } };
      return (await held.polityEditor.core()).abilities();
    });
    for (const ability of [
      "editor.action.triggerSuggest",
      "editor.action.triggerParameterHints",
      "editor.action.showHover",
      "editor.action.rename",
      "editor.action.marker.next",
      "editor.action.formatDocument",
      "actions.find",
      "editor.action.quickCommand",
    ]) {
      expect(abilities).toContain(ability);
    }
  });

  test("with the keyboard alone: write, hear the verdict, leave the editor, propose", async ({ page }) => {
    await be(page, "Ben Okafor");
    const editor = await open(page);
    await page.getByLabel("Name", { exact: true }).focus();
    await page.keyboard.type("Pins by keyboard");
    await page.getByRole("checkbox", { name: "Pin a message" }).focus();
    await page.keyboard.press("Space");
    await editor.focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("// Written with the keyboard alone.\n");
    await expect.poll(() => source(page)).toMatch(/^\/\/ Written with the keyboard alone\./);
    await page.keyboard.press("Control+m");
    await page.keyboard.press("Tab");
    await expect(editor).not.toBeFocused();
    await expect(page.getByRole("status").filter({ hasText: /Result: (passed|failed|still open)/ })).toHaveCount(1, { timeout: 20_000 });
    await page.getByRole("button", { name: "Propose this policy" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: /Pins by keyboard/ })).toBeVisible({ timeout: 20_000 });
  });

  test("a draft is kept, and read by whoever has the link", async ({ page, browser, baseURL }) => {
    await be(page, "Ada Lindqvist");
    await open(page);
    await page.getByLabel("Name", { exact: true }).fill("A draft to show");
    await expect(page).toHaveURL(/\?draft=/, { timeout: 20_000 });
    const address = page.url();
    await page.getByRole("button", { name: "Share draft" }).click();
    const link = await page.getByLabel(/Whoever has this link/).inputValue();
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1, name: "A draft to show" })).toBeVisible();

    const visitor = await browser.newContext({ baseURL });
    const reader = await visitor.newPage();
    await reader.goto(link);
    await expect(reader.getByRole("heading", { level: 1, name: "A draft to show" })).toBeVisible();
    await expect(reader.getByText("the names of members were left out")).toBeVisible();
    await expect(reader.getByText("Ada Lindqvist")).toHaveCount(0);
    await expect(reader.getByRole("button", { name: "Propose this policy" })).toHaveCount(0);
    const guessed = await reader.goto(link.replace(/key=.{8}/, "key=00000000"));
    expect(guessed?.status()).toBe(404);
    await visitor.close();
  });

  test("on a phone nothing of Monaco is loaded, and everything works", async ({ page }) => {
    await page.setViewportSize({ width: 375, height: 800 });
    const { editor } = await watch(page);
    await be(page, "Ada Lindqvist");
    await page.goto(STUDIO);
    const area = page.getByRole("textbox", { name: "Source of the policy" });
    await expect(area).toBeVisible();
    await page.getByLabel("Name", { exact: true }).fill("From a phone");
    await page.getByRole("checkbox", { name: "Set a channel's topic" }).check();
    await area.fill("/** @type {CheckFn} */\nfunction check(action) {\n  return failed('not from here')\n}\n");
    await page.locator("label", { hasText: /^Result$/ }).click();
    await expect(verdict(page)).toHaveText("Failed", { timeout: 20_000 });
    await expect(page.getByText("Not from here.").first()).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(width, "nothing scrolls sideways").toBeLessThanOrEqual(0);
    expect(editor).toEqual([]);
  });

  test("no other page loads a byte of Monaco", async ({ page }) => {
    const { editor } = await watch(page);
    await be(page, "Ada Lindqvist");
    for (const path of ["/", "/c/fern-valley", "/c/fern-valley/board", "/c/fern-valley/proposals", "/c/fern-valley/policies", "/c/fern-valley/audit"]) {
      await page.goto(path);
      await page.waitForLoadState("networkidle").catch(() => {});
    }
    await page.goto("/c/fern-valley/policies");
    await page.getByRole("main").getByRole("link", { name: /jury/i }).first().click();
    await expect(page.getByRole("link", { name: "Propose a change" })).toBeVisible();
    expect(editor).toEqual([]);
  });

  test("an amendment shows what changes, line by line and side by side", async ({ page }) => {
    await be(page, "Ada Lindqvist");
    await page.goto("/c/fern-valley/policies");
    await page.getByRole("main").getByRole("link", { name: /jury/i }).first().click();
    const address = await page.getByRole("link", { name: "Propose a change" }).getAttribute("href");
    const editor = await open(page, address ?? "");
    await editor.focus();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("\n// A line more.");
    await expect(page.getByRole("region", { name: "What changes in the source" }).getByText("// A line more.")).toBeVisible();
    await page.getByRole("button", { name: "Side by side" }).click();
    await expect(page.locator(".compare-host .monaco-diff-editor")).toBeVisible({ timeout: 20_000 });
  });
});

test("the studio can be read, and a policy proposed, in every kind of browser", async ({ page, javaScriptEnabled, expectAccessible }) => {
  test.slow();
  await be(page, "Ada Lindqvist");
  await page.goto(STUDIO);
  await expect(page.getByRole("heading", { level: 1, name: "A new policy" })).toBeVisible();
  if (javaScriptEnabled === false) {
    await expectAccessible(page);
    await page.getByLabel("Name", { exact: true }).fill("Without a script");
    await page.getByRole("checkbox", { name: "Set a channel's topic" }).check();
    await page.getByRole("textbox", { name: "Source of the policy" }).fill("/** @type {CheckFn} */\nfunction check(action) {\n  return PASSED\n}\n");
    await page.getByRole("button", { name: "Propose this policy" }).click();
    await expect(page.getByRole("heading", { level: 1, name: /Without a script/ })).toBeVisible();
    await expect(page.getByRole("heading", { name: "What “Without a script” would be" })).toBeVisible();
    await expectAccessible(page);
  }
});
