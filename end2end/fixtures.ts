import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

export { expect };

const root = join(import.meta.dirname, "..");

/** What every test has besides Playwright's own fixtures. */
type PerTest = {
  /** Console messages that this test provokes on purpose, such as the 403 it asks for. All others fail it. */
  expectedErrors: RegExp[];
  /** Fails where axe finds a breach of WCAG 2.2 AA on the page as it is now. */
  expectAccessible: (page: Page) => Promise<void>;
  /** Fails the test on console errors, uncaught exceptions and breaches of the content security policy. */
  quietConsole: void;
};

/** What the tests of one worker share. */
type PerWorker = {
  /** The address of a `polity serve --demo` on a fresh database. */
  site: string;
};

export const test = base.extend<PerTest, PerWorker>({
  site: [
    async ({}, use) => {
      if (process.env.POLITY_URL) return use(process.env.POLITY_URL);
      const folder = mkdtempSync(join(tmpdir(), "polity-end2end-"));
      const server = await serve(join(folder, "demo.db"));
      await use(server.url);
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 60_000 },
  ],

  baseURL: async ({ site }, use) => use(site),

  expectedErrors: [[], { option: true }],

  quietConsole: [
    async ({ context, expectedErrors }, use) => {
      const errors: string[] = [];
      context.on("console", (message) => {
        if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
      });
      context.on("weberror", ({ error }) => errors.push(`${error()}`));
      await use();
      const surprising = errors.filter((error) => !expectedErrors.some((expected) => expected.test(error)));
      expect(surprising, "the browser's console stays quiet").toEqual([]);
    },
    { auto: true },
  ],

  expectAccessible: async ({ browser, javaScriptEnabled }, use) => {
    await use(async (page) => {
      if (javaScriptEnabled !== false) return audit(page);
      // axe needs a script to run in: show the same address where scripts may run, but none of ours arrives.
      const storageState = await page.context().storageState();
      const context = await browser.newContext({ storageState, javaScriptEnabled: true });
      await context.route("**/*.js", (route) => route.abort());
      const copy = await context.newPage();
      await copy.goto(page.url());
      await audit(copy);
      await context.close();
    });
  },
});

/** Compares a page with the rules of WCAG 2.2 AA that a program can check. */
async function audit(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const breaches = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`);
  expect(breaches, "axe finds nothing to mend").toEqual([]);
}

/** Starts the demo on a free loopback port and answers when it takes requests. */
async function serve(database: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const binary = process.env.POLITY_BIN ?? join(root, "target/debug/polity");
  const addr = `127.0.0.1:${await freePort()}`;
  const server = spawn(binary, ["serve", "--demo", "--addr", addr, "--database", `sqlite:${database}`], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => (said += text));
  const exit = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const stop = async () => {
    server.kill("SIGTERM");
    const grace = setTimeout(() => server.kill("SIGKILL"), 5_000);
    await exit;
    clearTimeout(grace);
  };

  const url = `http://${addr}`;
  try {
    await untilReady(url, server);
  } catch (error) {
    await stop();
    throw new Error(`${binary} serve did not come up: ${error}\n${said}`);
  }
  return { url, stop };
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`it ended with code ${server.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("/readyz did not answer 200 within 30 s");
}

/** A port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
