import { expect, test } from "./fixtures.ts";
import type { Page } from "@playwright/test";

/** Becomes one of the demo's members. */
async function be(page: Page, name: string) {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Fern Valley Garden" })).toBeVisible();
}

/** The members who were asked, as the page of the proposal names them. */
async function asked(page: Page): Promise<string[]> {
  const region = page.getByRole("region", { name: "Who was asked, who voted" });
  const names = await region.getByRole("list").first().getByRole("listitem").allInnerTexts();
  // The avatar's initials stand before the name.
  return names.map((text) => text.split("\n").at(-1)!.trim());
}

async function vote(page: Page, answer: "Yes" | "No") {
  const ballot = page.getByRole("region", { name: "Your vote" });
  await ballot.getByRole("radio", { name: answer }).check();
  await ballot.getByRole("button", { name: "Vote", exact: true }).click();
  // The receipt at once, or (without a script) the page as it is after the vote.
  await expect(page.getByText(/Your vote is in\.|You voted: (yes|no)\./).first()).toBeVisible();
}

test("three drawn by lot decide on a channel's name", async ({ page, javaScriptEnabled, expectAccessible }) => {
  const name = javaScriptEnabled === false ? "the-shed" : "the-tools";
  await be(page, "Ben Okafor");
  await page.goto("/c/fern-valley/propose/board.rename_channel");
  await page.getByLabel("Channel").selectOption({ label: "#tool-shed" });
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Propose this" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Rename #tool-shed to #${name}` })).toBeVisible();
  await expect(page.getByText("3 members were asked.")).toBeVisible();
  await expectAccessible(page);
  const proposal = page.url();
  const jurors = await asked(page);
  expect(jurors).toHaveLength(3);
  expect(jurors, "who proposed it is never drawn").not.toContain("Ben Okafor");

  await page.goto("/c/fern-valley/board");
  await expect(page.getByRole("navigation", { name: "Channels" }).getByRole("link", { name: /tool-shed/ })).toBeVisible();

  for (const juror of jurors.slice(0, 2)) {
    await be(page, juror);
    await page.goto(proposal);
    if (juror === jurors[1]) {
      const ballot = page.getByRole("region", { name: "Your vote" });
      await ballot.getByRole("radio", { name: "Yes" }).check();
      await ballot.getByRole("button", { name: "Vote", exact: true }).click();
    } else {
      await vote(page, "Yes");
    }
  }
  await expect(page.getByText("2 of 3 jurors said yes").first()).toBeVisible();
  await page.goto("/c/fern-valley/board");
  const channels = page.getByRole("navigation", { name: "Channels" });
  await expect(channels.getByRole("link", { name: new RegExp(`^${name}`) })).toBeVisible();
  await expect(channels.getByRole("link", { name: /tool-shed/ })).toHaveCount(0);
});

test("who was not asked reads why they cannot vote", async ({ page, expectAccessible }) => {
  await page.goto("/c/fern-valley");
  await page.getByRole("link", { name: "Rename #harvest-swap to #free-courgettes" }).first().click();
  await expect(page.getByText("You cannot vote here: only members of this community can.")).toBeVisible();
  const jurors = await asked(page);
  await be(page, jurors.includes("Gus Petersen") ? "Ada Lindqvist" : "Gus Petersen");
  await page.goBack();
  await page.goto("/c/fern-valley/proposals?standing=open");
  await page.getByRole("link", { name: "Rename #harvest-swap to #free-courgettes" }).first().click();
  await expect(page.getByRole("region", { name: "Your vote" }).getByRole("radio")).toHaveCount(0);
  await expectAccessible(page);
});

test("a message with a forbidden word is not posted, and says why", async ({ page, javaScriptEnabled }) => {
  await be(page, "Kavi Raman");
  await page.goto("/c/fern-valley/board");
  await page.getByLabel("Write in #general").fill("Damnation, the slugs again");
  await page.getByRole("button", { name: "Post", exact: true }).click();
  // Without a script the answer is the board again; the reason stands on the community's home.
  if (javaScriptEnabled === false) await page.goto("/c/fern-valley");
  await expect(page.getByText(/the word “damnation” is not allowed here/i).first()).toBeVisible();
  await page.goto("/c/fern-valley/board");
  await expect(page.getByText("Damnation, the slugs again")).toHaveCount(0);
});

for (const [path, heading] of [
  ["/c/fern-valley", "Fern Valley Garden"],
  ["/c/fern-valley/board", "general"],
  ["/c/fern-valley/proposals", "Proposals"],
  ["/c/fern-valley/policies", "Policies"],
  ["/c/fern-valley/documents", "Documents"],
  ["/c/fern-valley/members", "Members and roles"],
  ["/c/fern-valley/audit", "Audit log"],
  ["/sign-in", "Whom do you want to be?"],
] as const) {
  test(`${path} can be read by everybody`, async ({ page, expectAccessible }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await expectAccessible(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth).catch(() => 0);
    expect(width, "nothing scrolls sideways").toBeLessThanOrEqual(0);
  });
}

test("a page that is not there says so, with its status", async ({ page }) => {
  const answer = await page.request.get("/c/no-such-community");
  expect(answer.status()).toBe(404);
});
