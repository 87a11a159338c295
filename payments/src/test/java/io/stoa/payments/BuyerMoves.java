package io.stoa.payments;

import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.token.TokenCalls;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.testkit.TestChain;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.permit2.Permit2;
import io.stoa.x402.permit2.ProxyCalls;
import java.math.BigInteger;
import java.util.Arrays;

/** What others do on the chain behind our back. */
record BuyerMoves(TestChain chain) {
  private static final Bytes32 CANCEL =
      Keccak.hash("CancelAuthorization(address authorizer,bytes32 nonce)");
  private static final Bytes32 APPROVAL =
      Keccak.hash(
          "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
  private static final Address ELSEWHERE =
      Address.parse("0x000000000000000000000000000000000000dead");

  /** Anyone may submit what was signed. */
  Receipt submit(SignedTransfer transfer) {
    return chain.send(
        chain.account(),
        transfer.amount().asset().token(),
        TokenCalls.transferWithAuthorization(transfer));
  }

  Receipt cancel(SigningKey buyer, SignedTransfer transfer) {
    var words = new Bytes32[] {Abi.word(buyer.address()), transfer.nonce()};
    var digest = Eip712.digest(chain.dollarDomain().separator(), Eip712.hashStruct(CANCEL, words));
    var signature = buyer.sign(digest).toBytes();
    return chain.send(
        chain.account(),
        chain.contracts().usdCoin(),
        Bytes.of(
            Abi.call(
                Abi.selector("cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)"),
                words[0],
                words[1],
                Abi.word(signature[64]),
                Bytes32.of(Arrays.copyOfRange(signature, 0, 32)),
                Bytes32.of(Arrays.copyOfRange(signature, 32, 64)))));
  }

  /** Anyone may submit what was signed to be paid exactly. */
  Receipt submit(SignedPermit permit) {
    return chain.send(chain.account(), permit.spender(), settlement(permit));
  }

  /** The same, by a contract that passes on what it is called with. */
  Receipt submitThroughAnother(SignedPermit permit) {
    var forwarder = Address.parse("0x" + "f0".repeat(20));
    var to = permit.spender().toString().substring(2);
    chain.ask(
        "anvil_setCode",
        forwarder.toString(),
        "0x365f5f375f5f365f5f73" + to + "5af16026575f5ffd5b00");
    return chain.send(chain.account(), forwarder, settlement(permit));
  }

  private static Bytes settlement(SignedPermit permit) {
    return ProxyCalls.settle(permit, permit.amount().units());
  }

  /** Makes a permit useless. */
  Receipt invalidate(SigningKey buyer, SignedPermit permit) {
    var mask = BigInteger.ONE.shiftLeft(permit.nonce().intValue() & 0xff);
    return chain.send(
        buyer,
        Permit2.CONTRACT,
        Bytes.wrap(
            Abi.call(
                Abi.selector("invalidateUnorderedNonces(uint256,uint256)"),
                Abi.word(permit.nonce().shiftRight(8)),
                Abi.word(mask))));
  }

  /** Lets Permit2 move this much of a buyer who has gas. */
  void approve(SigningKey buyer, long units) {
    chain.send(
        buyer,
        chain.contracts().usdCoin(),
        Bytes.wrap(
            Abi.call(
                Abi.selector("approve(address,uint256)"),
                Abi.word(Permit2.CONTRACT),
                Abi.word(units))));
  }

  /** The same by signature (EIP-2612), for exactly what {@code permit} moves at most. */
  Eip2612Approval approval(SigningKey buyer, SignedPermit permit, long nonce) {
    var deadline = BigInteger.TWO.pow(40);
    var digest =
        Eip712.digest(
            chain.dollarDomain().separator(),
            Eip712.hashStruct(
                APPROVAL,
                Abi.word(buyer.address()),
                Abi.word(Permit2.CONTRACT),
                Abi.word(permit.amount().units()),
                Abi.word(nonce),
                Abi.word(deadline)));
    return new Eip2612Approval(
        permit.amount(),
        buyer.address(),
        Permit2.CONTRACT,
        BigInteger.valueOf(nonce),
        deadline,
        buyer.sign(digest));
  }

  /** Makes a buyer's account a wallet that takes any signature for its own. */
  void becomeWallet(SigningKey buyer) {
    code(buyer, "631626ba7e60e01b5f5260205ff3");
  }

  /** The same, but only for whoever asks without a transaction. */
  void becomeLyingWallet(SigningKey buyer) {
    code(buyer, "3315631626ba7e0260e01b5f5260205ff3");
  }

  private void code(SigningKey buyer, String code) {
    chain.ask("anvil_setCode", buyer.address().toString(), "0x" + code);
  }

  /** Sends all dollars of a buyer, whom it gives gas for it, elsewhere. */
  void drain(SigningKey buyer) {
    chain.ask("anvil_setBalance", buyer.address().toString(), "0x" + "f".repeat(16));
    chain.send(
        buyer,
        chain.contracts().usdCoin(),
        TokenCalls.transfer(ELSEWHERE, chain.dollarsOf(buyer.address())));
  }

  /** Cannot be seen in the logs of anything: a token that takes every call and does nothing. */
  Address mute() {
    var token = Address.parse("0x" + "ab".repeat(20));
    chain.ask("anvil_setCode", token.toString(), "0x5f5f5260205ff3");
    return token;
  }
}
