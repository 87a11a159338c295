package io.stoa.chain.deploy;

import io.stoa.chain.contract.ERC3009DepositCollector;
import io.stoa.chain.contract.ExactPermit2Proxy;
import io.stoa.chain.contract.Multicall3;
import io.stoa.chain.contract.PaymentChannels;
import io.stoa.chain.contract.Permit2;
import io.stoa.chain.contract.Permit2DepositCollector;
import io.stoa.chain.contract.UptoPermit2Proxy;
import io.stoa.chain.rpc.Multicall;
import io.stoa.domain.Address;

/** The contracts of others, which have the same address on every chain. */
@SuppressWarnings("ImmutableEnumChecker") // an Address wraps bytes that nobody can reach
enum CanonicalContracts {
  PAYMENT_CHANNELS(
      AddressBook.PAYMENT_CHANNELS,
      "0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003",
      PaymentChannels.RUNTIME),
  ERC3009_COLLECTOR(
      "ERC3009DepositCollector",
      "0x4020806089470a89826cB9fB1f4059150b550004",
      ERC3009DepositCollector.RUNTIME),
  PERMIT2_COLLECTOR(
      "Permit2DepositCollector",
      "0x4020425FAf3B746C082C2f942b4E5159887B0005",
      Permit2DepositCollector.RUNTIME),
  EXACT_PROXY(
      "ExactPermit2Proxy", "0x402085c248EeA27D92E8b30b2C58ed07f9E20001", ExactPermit2Proxy.RUNTIME),
  UPTO_PROXY(
      "UptoPermit2Proxy", "0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002", UptoPermit2Proxy.RUNTIME),
  PERMIT2("Permit2", "0x000000000022D473030F116dDEE9F6B43aC78BA3", Permit2.RUNTIME),
  MULTICALL3("Multicall3", Multicall.CONTRACT.toString(), Multicall3.RUNTIME);

  private final String contractName;
  private final Address canonical;
  private final String standIn;

  CanonicalContracts(String contractName, String canonical, String standIn) {
    this.contractName = contractName;
    this.canonical = Address.parse(canonical);
    this.standIn = standIn;
  }

  /**
   * Notes the contract if it is on the chain; if not, puts a stand-in there, or leaves it out: then
   * what needs it cannot be used on this chain.
   */
  void settle(Placement placement, boolean mayStandIn) {
    if (!placement.isThere(canonical)) {
      if (!mayStandIn) {
        return;
      }
      placement.standIn(contractName, canonical, standIn);
    }
    placement.adopt(contractName, canonical);
  }
}
