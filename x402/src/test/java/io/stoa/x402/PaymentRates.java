package io.stoa.x402;

import io.stoa.x402.batch.BatchPayloads;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.ChannelExample;
import io.stoa.x402.exact.ExactEip3009;
import java.time.Duration;

/** Prints how often a second one core writes terms and reads and verifies a payment. */
final class PaymentRates {
  private static final Duration ROOM = Duration.ofSeconds(30);

  private PaymentRates() {}

  public static void main(String[] arguments) throws MalformedPayment {
    var header = Example.header(Example.message());
    var required = Example.required();
    print("terms written", () -> required.header().length());
    print("payment read", () -> ExactEip3009.read(PaymentPayload.read(header)).hashCode());
    print(
        "payment read, matched and verified",
        () -> {
          var payload = PaymentPayload.read(header);
          var offer = required.find(payload.accepted()).orElseThrow();
          var transfer = ExactEip3009.read(payload);
          return ExactEip3009.verify(transfer, offer, Example.DOMAIN, Example.NOW, ROOM).hashCode();
        });
    var voucher = Example.header(ChannelExample.pay());
    var channels = new BatchVerifier(Example.ASSET.chain());
    var offered = ChannelExample.required();
    print(
        "voucher read, matched and verified",
        () -> {
          var payload = PaymentPayload.read(voucher);
          var offer = offered.find(payload.accepted()).orElseThrow();
          return channels
              .verify(BatchPayloads.read(payload), offer, Example.DOMAIN, Example.NOW, ROOM)
              .hashCode();
        });
  }

  private static void print(String what, Work work) throws MalformedPayment {
    perSecond(work, Duration.ofSeconds(2));
    System.out.printf("%s: %,d a second%n", what, perSecond(work, Duration.ofSeconds(3)));
  }

  private static long perSecond(Work work, Duration time) throws MalformedPayment {
    long start = System.nanoTime();
    long count = 0;
    long sink = 0;
    while (System.nanoTime() - start < time.toNanos()) {
      sink += work.once();
      count++;
    }
    return sink == Long.MIN_VALUE ? 0 : count * 1_000_000_000L / (System.nanoTime() - start);
  }

  private interface Work {
    int once() throws MalformedPayment;
  }
}
