// Every public chain has Multicall3 at the same address, and the official facilitator reads channels through it. A local chain
// gets it here.
import { createTestClient, http, publicActions } from "viem";

const ADDRESS = "0xcA11bde05977b3631167028862bE2a173976CA11";

/** Puts it there, unless it is. The bytecode is the one viem brings along. */
export async function ensureMulticall(rpc) {
  const chain = createTestClient({ mode: "anvil", transport: http(rpc) }).extend(publicActions);
  if (!(await chain.getCode({ address: ADDRESS }))) {
    const { multicall3Bytecode } = await import(new URL("constants/contracts.js", import.meta.resolve("viem")));
    const { data: bytecode } = await chain.call({ data: multicall3Bytecode });
    await chain.setCode({ address: ADDRESS, bytecode });
  }
}
