package io.stoa.x402.receipt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import io.stoa.domain.channel.ChannelCall;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.payment.PaymentId;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import java.math.BigInteger;

/** How the money of a receipt moved. */
public sealed interface PaidBy {
  PaymentId payment();

  /** As it is signed: zero where no transaction belongs to this payment alone. */
  Bytes32 transactionWord();

  /** By a transaction of its own. */
  record Transaction(PaymentId payment, TxHash hash) implements PaidBy {
    public Transaction {
      if (hash.value().equals(Bytes32.ZERO)) {
        throw new IllegalArgumentException("no transaction: " + hash);
      }
    }

    @Override
    public Bytes32 transactionWord() {
      return hash.value();
    }
  }

  /** By nothing: what was used came to a price of zero. */
  record Nothing(PaymentId payment) implements PaidBy {
    @Override
    public Bytes32 transactionWord() {
      return Bytes32.ZERO;
    }
  }

  /** By a voucher of a channel. The payment's id stands for channel and call in what is signed. */
  record Channel(ChannelCall call) implements PaidBy {
    @Override
    public PaymentId payment() {
      return call.payment();
    }

    @Override
    public Bytes32 transactionWord() {
      return Bytes32.ZERO;
    }
  }

  /** Adds what a receipt says of it besides the payment's id. */
  default void write(ObjectNode document) {
    switch (this) {
      case Transaction(_, var hash) -> document.put("transaction", hash.toString());
      case Nothing _ -> {
        // There is nothing to say.
      }
      case Channel(var call) ->
          document
              .putObject("channel")
              .put("id", call.channel().toString())
              .put("fence", call.fence());
    }
  }

  /**
   * @param price what the receipt says was paid, in the token's smallest unit
   */
  static PaidBy read(Fields document, BigInteger price) throws MalformedPayment {
    var payment = new PaymentId(document.bytes32("payment"));
    var channel = document.optionalObject("channel");
    if (channel.isEmpty() && !document.has("transaction") && price.signum() == 0) {
      return new Nothing(payment);
    }
    if (channel.isEmpty()) {
      var hash = new TxHash(document.bytes32("transaction"));
      if (hash.value().equals(Bytes32.ZERO)) {
        throw document.wrong("transaction", "is zero");
      }
      return new Transaction(payment, hash);
    }
    if (document.has("transaction")) {
      throw document.wrong("transaction", "does not belong beside a channel");
    }
    var call = call(channel.get());
    if (!call.payment().equals(payment)) {
      throw document.wrong("payment", "is not the id of this call of the channel");
    }
    return new Channel(call);
  }

  private static ChannelCall call(Fields channel) throws MalformedPayment {
    var fence = channel.natural("fence");
    if (fence == 0) {
      throw channel.wrong("fence", "must be the number of a call");
    }
    return new ChannelCall(new ChannelId(channel.bytes32("id")), fence);
  }
}
