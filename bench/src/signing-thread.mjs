// Signs typed data for wallets whose keys come along.
import { parentPort } from "node:worker_threads";
import { privateKeyToAccount } from "viem/accounts";

const accounts = new Map();

function account(privateKey) {
  if (!accounts.has(privateKey)) {
    accounts.set(privateKey, privateKeyToAccount(privateKey));
  }
  return accounts.get(privateKey);
}

parentPort.on("message", async (jobs) => {
  const signatures = [];
  for (const { privateKey, typedData } of jobs) {
    signatures.push(await account(privateKey).signTypedData(typedData));
  }
  parentPort.postMessage(signatures);
});
