import { expect, test } from "./fixtures.ts";

test("a newcomer opens the landing page", async ({ page, expectAccessible }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectAccessible(page);
});
