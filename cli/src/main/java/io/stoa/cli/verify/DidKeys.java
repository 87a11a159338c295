package io.stoa.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.cli.CommandFailure;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import java.util.ArrayList;
import java.util.List;

/**
 * The accounts that attest for a node, out of its did.json: those among its verification methods
 * that make assertions.
 *
 * @param id such as {@code did:web:market.example}
 */
record DidKeys(String id, List<Account> attesters) {
  DidKeys {
    attesters = List.copyOf(attesters);
  }

  /** An account as CAIP-10 writes it. */
  record Account(ChainId chain, Address address) {
    static Account parse(String text) {
      int end = text.lastIndexOf(':');
      if (end < 0) {
        throw new IllegalArgumentException("not an account: " + text);
      }
      return new Account(
          ChainId.parse(text.substring(0, end)), Address.parse(text.substring(end + 1)));
    }
  }

  static DidKeys read(byte[] document) {
    try {
      var fields = HeaderCodec.parse(document);
      var assertions = new ArrayList<String>();
      fields.json().path("assertionMethod").forEach(method -> assertions.add(method.asText()));
      var accounts = new ArrayList<Account>();
      for (var method : fields.json().path("verificationMethod")) {
        if (assertions.contains(method.path("id").asText())) {
          account(method).forEach(accounts::add);
        }
      }
      if (accounts.isEmpty()) {
        throw new CommandFailure("The DID document names no account that makes assertions.");
      }
      return new DidKeys(fields.text("id"), accounts);
    } catch (MalformedPayment | IllegalArgumentException malformed) {
      throw new CommandFailure(
          "The DID document cannot be read: " + malformed.getMessage(), malformed);
    }
  }

  private static List<Account> account(JsonNode method) {
    var id = method.path("blockchainAccountId");
    return id.isTextual() ? List.of(Account.parse(id.textValue())) : List.of();
  }
}
