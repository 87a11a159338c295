package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.domain.ChainId;
import io.stoa.domain.channel.ChannelId;
import io.stoa.x402.Example;
import io.stoa.x402.batch.ChannelDigests.ClaimEntry;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Digests that other implementations of the protocol computed. */
class ChannelDigestsTest {
  private static final ClaimEntry CLAIM =
      new ClaimEntry(ChannelExample.CHANNEL, BigInteger.valueOf(1000), BigInteger.valueOf(700));

  @Test
  void aChannelIsNamedByTheDigestOfItsConfiguration() {
    assertThat(ChannelExample.DIGESTS.channelId(ChannelExample.CONFIG))
        .isEqualTo(ChannelExample.CHANNEL);
  }

  @Test
  void aChannelOfAnotherChainIsNotNamed() {
    var elsewhere = ChannelDigests.of(new ChainId(1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> elsewhere.channelId(ChannelExample.CONFIG));
  }

  @Test
  void aVoucherIsSignedToTheByte() {
    // When
    var voucher = ChannelExample.voucher(1000);

    // Then
    assertThat(ChannelExample.DIGESTS.voucher(ChannelExample.CHANNEL, voucher.ceiling()))
        .hasToString("0x9b01ff26c4487723e54fce2617229bc698aaf6b792b1bee0b399ee148aa54841");
    assertThat(voucher.signature()).hasToString(ChannelExample.SIGNATURE);
  }

  @Test
  void aRefundHasTheDigestThatTheContractAsksFor() {
    assertThat(
            ChannelExample.DIGESTS.refund(
                ChannelExample.CHANNEL, BigInteger.ZERO, BigInteger.valueOf(500)))
        .hasToString("0x6cb4bb50d639cb265042ec07b480f96a67a71d10dca5d2b985b2f27a1a30acb2");
  }

  @Test
  void aClaimCoversAllItsRowsInTheirOrder() {
    // Given
    var other =
        new ClaimEntry(
            ChannelId.parse("0x0e05d962c7a5adcdeb692226b15b523ae1af623dce7f213cd4e9524c13f1e8dd"),
            BigInteger.valueOf(5),
            BigInteger.valueOf(5));

    // When, Then
    assertThat(ChannelExample.DIGESTS.claimBatch(List.of(CLAIM)))
        .hasToString("0xa846b6fd173427d0a9a753ee5b8b8a528b83859a2f8f79970fd40d5a4e3c2940");
    assertThat(ChannelExample.DIGESTS.claimBatch(List.of(CLAIM, other)))
        .hasToString("0x363711d3619544c90370a545d0490ca1ec0686b55daeccb7a37af9b1dc2f9e5d");
    assertThat(ChannelExample.DIGESTS.claimBatch(List.of(other, CLAIM)))
        .isNotEqualTo(ChannelExample.DIGESTS.claimBatch(List.of(CLAIM, other)));
  }

  @Test
  void aDigestIsGoodOnOneChainOnly() {
    assertThat(
            ChannelDigests.of(new ChainId(1))
                .voucher(ChannelExample.CHANNEL, BigInteger.valueOf(1)))
        .isNotEqualTo(
            ChannelDigests.of(Example.ASSET.chain())
                .voucher(ChannelExample.CHANNEL, BigInteger.valueOf(1)));
  }
}
