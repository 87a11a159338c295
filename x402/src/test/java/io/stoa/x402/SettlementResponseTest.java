package io.stoa.x402;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.domain.TxHash;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class SettlementResponseTest {
  private static final TxHash TRANSACTION =
      TxHash.parse("0x888487ec7a762eac4b57297cc03104b1234c884aceb4ad2f4327d13a998def28");

  @Test
  void rule12ASettlementTellsSuccessTransactionAndNetwork() throws MalformedPayment {
    // When
    var header =
        SettlementResponse.settled(
                TRANSACTION,
                Example.ASSET.chain(),
                Example.PAYER.address(),
                BigInteger.valueOf(1000))
            .header();

    // Then
    assertThat(HeaderCodec.decode(header).json())
        .isEqualTo(
            Example.object(
                """
                {'success':true,
                 'transaction':'0x888487ec7a762eac4b57297cc03104b1234c884aceb4ad2f4327d13a998def28',
                 'network':'eip155:31337','payer':'0x90f79bf6eb2c4f870365e785982e1f101e93b906',
                 'amount':'1000'}
                """));
  }

  @Test
  void rule45WhatCostNothingIsASuccessWithoutATransaction() throws MalformedPayment {
    // Given
    var free = SettlementResponse.free(Example.ASSET.chain(), Example.PAYER.address());

    // When, Then
    assertThat(HeaderCodec.decode(free.header()).json())
        .isEqualTo(
            Example.object(
                """
                {'success':true,'transaction':'','network':'eip155:31337',
                 'payer':'0x90f79bf6eb2c4f870365e785982e1f101e93b906','amount':'0'}
                """));
    assertThat(SettlementResponse.read(free.header())).isEqualTo(free);
  }

  @Test
  void rule13AFailureTellsItsReasonAndNoTransaction() throws MalformedPayment {
    // Given
    var failed =
        SettlementResponse.failed(
            Example.ASSET.chain(), Example.PAYER.address(), "authorization_expired");

    // When
    var json = HeaderCodec.decode(failed.header()).json();

    // Then
    assertThat(json.get("success").booleanValue()).isFalse();
    assertThat(json.get("transaction").textValue()).isEmpty();
    assertThat(SettlementResponse.read(failed.header())).isEqualTo(failed);
  }

  @Test
  void aBuyerReadsServersThatSayOnlyWhatIsRequired() throws MalformedPayment {
    // Given
    var header =
        Example.header(
            Example.object(
                "{'success':true,'transaction':'"
                    + TRANSACTION
                    + "','network':'eip155:31337','amount':'','status':'unheard-of'}"));

    // When
    var read = SettlementResponse.read(header);

    // Then
    assertThat(read.transaction()).contains(TRANSACTION);
    assertThat(read.payer()).isEmpty();
    assertThat(read.amount()).isEmpty();
  }

  @Test
  void whatIsChargedOffTheChainHasNoTransactionAndMovesNothing() throws MalformedPayment {
    // Given
    var charged =
        SettlementResponse.offChain(Example.ASSET.chain(), Example.PAYER.address())
            .withExtra(Example.object("{'chargedAmount':'700'}"));

    // When
    var header = charged.header();

    // Then
    assertThat(HeaderCodec.decode(header).json())
        .isEqualTo(
            Example.object(
                """
                {'success':true,'transaction':'','network':'eip155:31337',
                 'payer':'0x90f79bf6eb2c4f870365e785982e1f101e93b906','amount':'',
                 'extra':{'chargedAmount':'700'}}
                """));
    assertThat(SettlementResponse.read(header)).isEqualTo(charged);
  }

  @Test
  void successMustBeTrueOrFalse() {
    var header =
        Example.header(
            Example.object("{'success':'true','transaction':'','network':'eip155:31337'}"));

    assertThatExceptionOfType(MalformedPayment.class)
        .isThrownBy(() -> SettlementResponse.read(header));
  }
}
