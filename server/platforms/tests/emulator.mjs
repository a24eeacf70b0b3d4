// Starts the Slack emulator of the npm package `emulate` (pinned: 0.12.2) on the port of the first argument, with a workspace,
// a bot and an administrator. `script/with-slack-emulator` runs it.
import { createEmulator } from "emulate";

const scopes = ["chat:write", "channels:read", "channels:history", "channels:join", "channels:manage", "channels:write",
  "users:read", "pins:read", "pins:write", "reactions:read", "reactions:write", "im:write", "team:read"];

const emulator = await createEmulator({
  service: "slack",
  port: Number(process.argv[2]),
  seed: {
    slack: {
      team: { name: "Town", domain: "town" },
      users: [{ name: "ada", real_name: "Ada", email: "ada@town.test", is_admin: true }, { name: "polity", real_name: "Polity", email: "polity@town.test" }],
      channels: [{ name: "general", topic: "Everything" }, { name: "square", topic: "The square" }],
      tokens: [
        // The emulator knows bots by their installation alone: a plain user may do as little as one.
        { token: "xoxb-bot", user: "polity", scopes },
        { token: "xoxp-admin", user: "ada", scopes },
      ],
    },
  },
});
console.log(emulator.url);
