package io.stoa.x402.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.x402.ContractSignatures.Deployment;
import io.stoa.x402.Example;
import io.stoa.x402.signature.Erc6492.Wrapped;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Erc6492Test {
  private static final Bytes INNER = Bytes.parse("0x" + "ab".repeat(70));

  @Test
  void aWrappedSignatureShowsItsFactoryTheCallAndWhatTheWalletUnderstands() {
    assertThat(Erc6492.unwrap(Example.WRAPPED))
        .contains(
            new Wrapped(
                new Deployment(
                    Address.parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
                    Bytes.parse("0xdeadbeef01")),
                INNER));
    assertThat(Erc6492.unwrapped(Example.WRAPPED)).isEqualTo(INNER);
  }

  @Test
  void anythingElseIsWhatItIs() {
    // Given
    var keys = Bytes.parse(Example.SIGNATURE);

    // When, Then
    assertThat(Erc6492.unwrap(keys)).isEmpty();
    assertThat(Erc6492.unwrapped(keys)).isEqualTo(keys);
    assertThat(Erc6492.unwrap(Bytes.EMPTY)).isEmpty();
    assertThat(Erc6492.unwrap(Bytes.parse("0x" + "6492".repeat(16)))).isEmpty();
    assertThat(Erc6492.unwrap(Bytes.parse("0x" + "00".repeat(64) + "6492".repeat(16)))).isEmpty();
  }

  /** Offsets and lengths are a stranger's: they may point anywhere. */
  @Test
  void aWrappingWithAnyByteChangedIsReadOrLeftAloneButNeverAFault() {
    // Given
    var random = new Random(6492);

    for (int i = 0; i < Example.WRAPPED.size(); i++) {
      for (int change : new int[] {0x01, 0x80, 0xff, 1 + random.nextInt(254)}) {
        var bytes = Example.WRAPPED.toBytes();
        bytes[i] ^= (byte) change;

        // When
        var wrapped = Erc6492.unwrap(Bytes.wrap(bytes));

        // Then
        wrapped.ifPresent(
            read -> assertThat(read.signature().size()).isLessThan(Example.WRAPPED.size()));
      }
    }
  }
}
