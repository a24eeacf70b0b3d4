import { execFileSync } from "node:child_process";
import { defineConfig } from "@playwright/test";

/** The system's Chromium; Playwright's own where there is none. */
function chromium(): string | undefined {
  const wanted = [process.env.POLITY_CHROMIUM, "chromium", "chromium-browser", "google-chrome"];
  for (const name of wanted.filter((name) => name !== undefined)) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // Not this one.
    }
  }
}

// Chromium looks for updates and its maker's services at every start; here it talks to loopback and nobody else.
const quiet = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: ".",
  outputDir: "../target/end2end",
  // A fresh server per worker (fixtures.ts), so files may run side by side; tests in one file may build on each other.
  workers: 2,
  retries: 0,
  timeout: 30_000,
  reporter: [["list"]],
  forbidOnly: process.env.CI === "true",
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium(),
      // Chromium's own sandbox refuses to start as root, which is what a container often is.
      args: process.getuid?.() === 0 ? ["--no-sandbox", ...quiet] : quiet,
    },
  },
  // Everything that a form can do must work before the script has arrived, and without it.
  projects: [{ name: "js" }, { name: "no-js", use: { javaScriptEnabled: false } }],
});
