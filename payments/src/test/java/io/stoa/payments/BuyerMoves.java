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
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.testkit.TestChain;
import java.util.Arrays;

/** What others do on the chain behind our back. */
record BuyerMoves(TestChain chain) {
  private static final Bytes32 CANCEL =
      Keccak.hash("CancelAuthorization(address authorizer,bytes32 nonce)");
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
