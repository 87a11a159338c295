package io.stoa.cli.wallet;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.cli.CommandFailure;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.TxHash;
import java.time.Duration;

/** Sends what a market prepared, after seeing that it is what was asked for. */
public final class ProviderWallet {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final SigningKey key;
  private final Wallet wallet;

  public ProviderWallet(SigningKey key, Rpc chain) {
    this.key = key;
    this.wallet = new Wallet(chain, key, SendPolicy.standard());
  }

  public SigningKey key() {
    return key;
  }

  public Address address() {
    return key.address();
  }

  /**
   * Blocks until it is mined.
   *
   * @param offered the market's answer to a request for an unsigned transaction
   * @param own the same, built on this side
   */
  public TxHash send(JsonNode offered, UnsignedTransaction own) {
    if (offered.path("chainId").asLong() != own.chain().value()
        || !offered.path("to").asText().equals(own.to().toString())
        || !offered.path("data").asText().equals(own.data().toString())
        || !offered.path("value").asText().equals(own.value().toString())) {
      throw new CommandFailure(
          "The market offers another transaction than was asked for; nothing was signed.");
    }
    return switch (wallet.send(own, PATIENCE)) {
      case SendOutcome.Mined(var receipt) -> receipt.transaction();
      case SendOutcome.Reverted(var receipt) ->
          throw new CommandFailure("The chain refused transaction " + receipt.transaction() + ".");
      case SendOutcome.NotSent(var reason) ->
          throw new CommandFailure("The transaction was not sent: " + reason + ".");
      case SendOutcome.OutcomeUnknown(var hash) ->
          throw new CommandFailure(
              "Transaction %s is not mined yet: wait for it before trying again.".formatted(hash));
    };
  }
}
