package io.stoa.market.publishing;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoa.chain.UnsignedTransaction;
import io.stoa.domain.Address;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A transaction for a wallet to sign and send. The node neither signs nor sends it.
 *
 * @param from the account it is meant for
 * @param data call data, 0x-hex
 * @param value wei, a decimal string
 * @param gas a limit, where the node knows one
 * @param summary what it will do, in one sentence for the wallet's owner
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "UnsignedTransaction")
public record TransactionView(
    long chainId,
    String from,
    String to,
    String data,
    String value,
    @Nullable Long gas,
    String summary) {
  static TransactionView of(UnsignedTransaction transaction, Address from, String summary) {
    Long gas = transaction.gas().isPresent() ? transaction.gas().getAsLong() : null;
    return new TransactionView(
        transaction.chain().value(),
        from.toString(),
        transaction.to().toString(),
        transaction.data().toString(),
        transaction.value().toString(),
        gas,
        summary);
  }
}
