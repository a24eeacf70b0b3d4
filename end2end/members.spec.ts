import { expect, test } from "./fixtures.ts";
import type { Page } from "@playwright/test";

const home = "/c/fern-valley";

/** Becomes one of the demo's members. */
async function be(page: Page, name: string) {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Fern Valley Garden" })).toBeVisible();
}

/** An open proposal of the demo. */
async function openProposal(page: Page) {
  await page.goto(`${home}/proposals?standing=open`);
  await page.locator("main").getByRole("link", { name: /Compost guide|free-courgettes/ }).first().click();
  await expect(page.getByRole("heading", { level: 2, name: /^Discussion/ })).toBeVisible();
}

test("members talk about a proposal, and who is named hears of it", async ({ page, expectAccessible, javaScriptEnabled }) => {
  const mark = javaScriptEnabled === false ? "on paper" : "on screen";
  await be(page, "Ben Okafor");
  await openProposal(page);
  const address = page.url();
  const talk = page.getByRole("region", { name: /^Discussion/ });
  await talk.getByLabel("What do you think?").fill(`**Short** enough ${mark}, @mei.`);
  await talk.getByRole("radio", { name: "In favour" }).first().check();
  await talk.getByRole("button", { name: "Say it" }).click();
  const said = talk.getByRole("article", { name: "Ben Okafor says" }).filter({ hasText: mark });
  await expect(said).toBeVisible();
  await expect(said.getByRole("strong")).toHaveText("Short");
  await expectAccessible(page);

  await be(page, "Mei Lin");
  await expect(async () => {
    await page.goto(`${home}/notices`);
    await expect(page.getByRole("button", { name: /Ben Okafor mentioned you in the discussion/ }).first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 10_000 });
  await expectAccessible(page);
  await page.getByRole("button", { name: /Ben Okafor mentioned you/ }).first().click();
  await expect(page).toHaveURL(address);
  const seen = page.getByRole("article", { name: "Ben Okafor says" }).filter({ hasText: mark });
  await seen.getByRole("button", { name: /^Support this/ }).click();
  await expect(seen.getByRole("button", { name: /1 member supports it/ })).toBeVisible();
});

test.describe("what cannot be", () => {
  test.use({ expectedErrors: [/422/] });

  test("an empty comment comes back with the reason", async ({ page }) => {
    await be(page, "Ben Okafor");
    await openProposal(page);
    const talk = page.getByRole("region", { name: /^Discussion/ });
    await talk.getByLabel("What do you think?").fill(" ");
    await talk.getByRole("button", { name: "Say it" }).click();
    await expect(page.getByText("The comment is empty; write something first.").first()).toBeVisible();
  });
});

test("who may do what, and why", async ({ page, expectAccessible }) => {
  await be(page, "Ben Okafor");
  await page.goto(`${home}/members`);
  await page.getByRole("link", { name: "Fatou Diallo" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Fatou Diallo" })).toBeVisible();
  await expect(page.getByRole("cell", { name: /the role Steward/ }).first()).toBeVisible();
  await expectAccessible(page);
  await page.goto(`${home}/permissions`);
  await expect(page.getByRole("columnheader", { name: "Steward" })).toBeVisible();
  await expectAccessible(page);
});

test("a document's change is written, proposed and compared", async ({ page, expectAccessible, javaScriptEnabled }) => {
  const more = javaScriptEnabled === false ? "5. Gates stay shut." : "5. Gates stay closed.";
  await be(page, "Hana Sato");
  await page.goto(`${home}/documents`);
  await page.getByRole("link", { name: "House rules" }).first().click();
  await page.getByRole("link", { name: "Propose a change" }).click();
  const text = page.getByLabel("Text", { exact: true });
  await expect(text).toHaveValue(/Water before ten/);
  await text.fill(`${await text.inputValue()}\n${more}\n`);
  if (javaScriptEnabled !== false) {
    await expect(page.getByRole("region", { name: "How it will read" }).getByText(more.slice(3))).toBeVisible();
  }
  await expectAccessible(page);
  await page.getByRole("button", { name: "Propose this change" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /House rules/ })).toBeVisible();
});

test("search, participation, settings and notices stand without faults", async ({ page, expectAccessible }) => {
  await be(page, "Ben Okafor");
  await page.goto(`${home}/search?text=water`);
  await expect(page.getByRole("link", { name: /House rules|Watering rota/ }).first()).toBeVisible();
  for (const path of ["search?text=water", "report", "settings", "settings/notices", "notices", "documents/new"]) {
    await page.goto(`${home}/${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth).catch(() => 0);
    expect(wide, `${path} does not scroll sideways`).toBeLessThanOrEqual(0);
  }
});

test("a community is founded in five steps", async ({ page, expectAccessible, javaScriptEnabled }) => {
  const slug = javaScriptEnabled === false ? "elm-street" : "oak-street";
  await be(page, "Ben Okafor");
  await page.goto("/found");
  await page.getByRole("radio", { name: /The board/ }).check();
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("radio", { name: /^Majority/ }).check();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByLabel("Days to vote").fill("5");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByLabel("Its name").fill("The street");
  await page.getByLabel("Its address").fill(slug);
  await page.getByLabel("Your short name there").fill("ben");
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Is this right?" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Found it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "The street" })).toBeVisible();
});
