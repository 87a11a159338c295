// Our side: a whole new market by `./stoa up`, with the provider for sale as stoa/echo.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import { once } from "node:events";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { command } from "./processes.mjs";
import { atEnd } from "./teardown.mjs";

const HOME = fileURLToPath(new URL("../../", import.meta.url));
const STOA = path.join(HOME, "stoa");
const STATE = fileURLToPath(new URL("../.stoa", import.meta.url));
const PRICE = "1000";

/** Starts it; what an earlier run left behind goes. Builds the node first if it is stale. */
export async function openMarket(provider) {
  atEnd(() => command(STOA, ["--state", STATE, "down"]));
  await command(STOA, ["--state", STATE, "up", "--fresh", "--detach", "--port", String(await freePort())]);
  const endpoints = JSON.parse(await readFile(path.join(STATE, "endpoints.json"), "utf8"));
  await publish(provider);
  return {
    api: endpoints.api,
    rpc: endpoints.rpc,
    chainId: endpoints.chainId,
    network: `eip155:${endpoints.chainId}`,
    listing: `${endpoints.api}/x/stoa/echo/v1/echo`,
    pid: Number(await readFile(path.join(STATE, "run/market.pid"), "utf8")),
    databasePid: parseInt(await readFile(path.join(STATE, "postgres/data/postmaster.pid"), "utf8"), 10),
    key: (name) => endpoints.wallets.find((wallet) => wallet.name === name).privateKey,
    buyers: endpoints.wallets.filter(({ name }) => name.startsWith("buyer-")),
  };
}

async function publish(provider) {
  const scratch = path.join(STATE, "bench");
  await mkdir(scratch, { recursive: true });
  const manifest = path.join(scratch, "manifest.json");
  const artifact = path.join(scratch, "echo.txt");
  const endpoint = { url: `http://127.0.0.1:${provider.port}` };
  await writeFile(manifest, JSON.stringify({ title: "Echo", kind: "MODEL", licence: "Apache-2.0", endpoint }));
  await writeFile(artifact, "Says the same thing every time.\n");
  const listing = ["--handle", "stoa", "--service", "echo", "--price", PRICE];
  await command(STOA, ["--state", STATE, "publish", artifact, "--manifest", manifest, ...listing]);
}

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}
