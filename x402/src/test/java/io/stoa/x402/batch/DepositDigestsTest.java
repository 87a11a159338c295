package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Bytes32;
import io.stoa.x402.Example;
import io.stoa.x402.permit2.Permit2Domain;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** Digests that other implementations of the protocol computed. */
class DepositDigestsTest {
  private static final BigInteger AMOUNT = BigInteger.valueOf(5000);

  @Test
  void theNonceOfADepositNamesItsChannel() {
    assertThat(DepositDigests.nonce(ChannelExample.CHANNEL, BigInteger.valueOf(7)))
        .hasToString("0x0e05d962c7a5adcdeb692226b15b523ae1af623dce7f213cd4e9524c13f1e8dd");
  }

  @Test
  void aDepositByEip3009IsSignedToTheByte() {
    // When
    var digest =
        DepositDigests.receive(
            Example.PAYER.address(),
            AMOUNT,
            BigInteger.ZERO,
            Example.VALID_BEFORE,
            DepositDigests.nonce(ChannelExample.CHANNEL, BigInteger.valueOf(7)),
            Example.DOMAIN);

    // Then
    assertThat(digest)
        .isEqualTo(
            Bytes32.parse("0x4b6ba73d53f502bfdc06317c922a613e3b439483e2f6bbf7d03d3f048d71748a"));
    assertThat(Example.PAYER.sign(digest)).hasToString(ChannelExample.DEPOSIT_SIGNATURE);
  }

  @Test
  void aDepositByPermit2IsSignedToTheByte() {
    // When
    var digest =
        DepositDigests.permit(
            Example.ASSET.token(),
            AMOUNT,
            BigInteger.ONE,
            Example.VALID_BEFORE,
            ChannelExample.CHANNEL,
            Permit2Domain.of(Example.ASSET.chain()));

    // Then
    assertThat(digest)
        .isEqualTo(
            Bytes32.parse("0x20dba92bda999404efd7ede2b9f5e4c1ed378c141d977956082d87e0624c417d"));
    assertThat(Example.PAYER.sign(digest)).hasToString(ChannelExample.PERMIT_SIGNATURE);
  }
}
