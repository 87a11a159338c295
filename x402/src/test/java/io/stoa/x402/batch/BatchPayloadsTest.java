package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.PaymentKey;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import java.math.BigInteger;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchPayloadsTest {
  private static final String PREFIX = "invalid_batch_settlement_evm_";

  @Test
  void aVoucherIsReadAsClientsWriteIt() throws MalformedPayment {
    assertThat(ChannelExample.read(ChannelExample.pay()))
        .isEqualTo(new BatchPayload.Pay(ChannelExample.CONFIG, ChannelExample.voucher(1000)));
  }

  @Test
  void aDepositByEip3009IsReadAsClientsWriteIt() throws MalformedPayment {
    assertThat(ChannelExample.read(ChannelExample.deposit()))
        .isEqualTo(
            new BatchPayload.Deposit(
                ChannelExample.CONFIG,
                ChannelExample.voucher(1000),
                BigInteger.valueOf(5000),
                new DepositAuthorization.Erc3009(
                    BigInteger.ZERO,
                    Example.VALID_BEFORE,
                    BigInteger.valueOf(7),
                    Bytes.parse(ChannelExample.DEPOSIT_SIGNATURE))));
  }

  @Test
  void aDepositByPermit2IsReadAsClientsWriteIt() throws MalformedPayment {
    assertThat(ChannelExample.read(ChannelExample.permit2Deposit()))
        .isEqualTo(
            new BatchPayload.Deposit(
                ChannelExample.CONFIG,
                ChannelExample.voucher(1000),
                BigInteger.valueOf(5000),
                new DepositAuthorization.Permit2(
                    Example.PAYER.address(),
                    Example.ASSET.token(),
                    BigInteger.valueOf(5000),
                    ChannelContracts.PERMIT2_COLLECTOR,
                    BigInteger.ONE,
                    Example.VALID_BEFORE,
                    ChannelExample.CHANNEL,
                    Bytes.parse(ChannelExample.PERMIT_SIGNATURE))));
  }

  @Test
  void aRefundAsksForEverythingOrForAnAmount() throws MalformedPayment {
    // Given
    var everything = ChannelExample.refund();
    var some = ChannelExample.refund();
    Example.at(some, "/payload").put("amount", "500");

    // When, Then
    assertThat(ChannelExample.read(everything))
        .isEqualTo(
            new BatchPayload.Refund(
                ChannelExample.CONFIG, ChannelExample.voucher(1000), Optional.empty()));
    assertThat(ChannelExample.read(some))
        .isEqualTo(
            new BatchPayload.Refund(
                ChannelExample.CONFIG,
                ChannelExample.voucher(1000),
                Optional.of(BigInteger.valueOf(500))));
  }

  @Test
  void whatIsWrittenIsReadBack() throws MalformedPayment {
    // Given
    var some = ChannelExample.refund();
    Example.at(some, "/payload").put("amount", "500");

    // When, Then
    for (var message :
        new ObjectNode[] {
          ChannelExample.pay(),
          ChannelExample.deposit(),
          ChannelExample.permit2Deposit(),
          ChannelExample.refund(),
          some
        }) {
      var payload = ChannelExample.read(message);
      message.set("payload", BatchPayloads.write(payload));
      assertThat(ChannelExample.read(message)).isEqualTo(payload);
    }
  }

  @Test
  void aDepositSharesTheNoncesOfItsPayer() throws MalformedPayment {
    // When
    var byEip3009 = (BatchPayload.Deposit) ChannelExample.read(ChannelExample.deposit());
    var byPermit2 = (BatchPayload.Deposit) ChannelExample.read(ChannelExample.permit2Deposit());

    // Then
    assertThat(byEip3009.key())
        .isEqualTo(
            new PaymentKey.Eip3009(
                Example.ASSET,
                Example.PAYER.address(),
                Bytes32.parse(
                    "0x0e05d962c7a5adcdeb692226b15b523ae1af623dce7f213cd4e9524c13f1e8dd")));
    assertThat(byPermit2.key())
        .isEqualTo(
            new PaymentKey.Permit2(Example.ASSET.chain(), Example.PAYER.address(), BigInteger.ONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"'claim'", "'settle'", "'Voucher'", "''", "1", "null", "{}"})
  void rule60WhatServersSendIsRefused(String type) {
    // Given
    var message = ChannelExample.pay();
    Example.at(message, "/payload").set("type", Example.object("{'t':" + type + "}").get("t"));

    // When
    var malformed = malformed(message);

    // Then
    assertThat(malformed.reason()).isEqualTo(PREFIX + "payload_type");
    assertThat(malformed.pointer()).isEqualTo("/payload/type");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "/payload/channelConfig/withdrawDelay, '900', voucher_payload",
        "/payload/channelConfig/withdrawDelay, 900.0, voucher_payload",
        "/payload/channelConfig/withdrawDelay, 899, withdraw_delay_out_of_range",
        "/payload/channelConfig/withdrawDelay, 2592001, withdraw_delay_out_of_range",
        "/payload/channelConfig/receiverAuthorizer,"
            + " '0x0000000000000000000000000000000000000000', receiver_authorizer_mismatch",
        "/payload/channelConfig/payer, {}, voucher_payload",
        "/payload/channelConfig/salt, '0x00', voucher_payload",
        "/payload/channelConfig/token, null, voucher_payload",
        "/payload/voucher/channelId, '0xc67d', channel_id_invalid",
        "/payload/voucher/channelId, 7, channel_id_invalid",
        "/payload/voucher/maxClaimableAmount, 1000, voucher_payload",
        "/payload/voucher/maxClaimableAmount, '-1', voucher_payload",
        "/payload/voucher/maxClaimableAmount, '0x3e8', voucher_payload",
        "/payload/voucher/maxClaimableAmount, '340282366920938463463374607431768211456',"
            + " voucher_payload",
        "/payload/voucher/signature, 'nothing', voucher_payload"
      })
  void rule29FieldsInAnyOtherFormAreRefused(String pointer, String value, String code) {
    expect(ChannelExample.pay(), pointer, value, code);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "/payload/deposit/amount, '0', deposit_payload",
        "/payload/deposit/amount, 5000, deposit_payload",
        "/payload/deposit/authorization, [], deposit_payload",
        "/payload/deposit/authorization/erc3009Authorization, null, erc3009_authorization_required",
        "/payload/deposit/authorization/erc3009Authorization, 'yes', deposit_payload",
        "/payload/deposit/authorization/permit2Authorization, {}, deposit_payload",
        "/payload/deposit/authorization/erc3009Authorization/salt, '0x', deposit_payload",
        "/payload/deposit/authorization/erc3009Authorization/validBefore, 2000000000,"
            + " deposit_payload"
      })
  void rule29DepositsInAnyOtherFormAreRefused(String pointer, String value, String code) {
    expect(ChannelExample.deposit(), pointer, value, code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'0'", "''", "'-5'", "5", "{}"})
  void aRefundOfNoAmountIsRefused(String amount) {
    expect(ChannelExample.refund(), "/payload/amount", amount, "refund_amount_invalid");
  }

  private static void expect(ObjectNode message, String pointer, String value, String code) {
    int last = pointer.lastIndexOf('/');
    Example.at(message, pointer.substring(0, last))
        .set(pointer.substring(last + 1), Example.object("{'v':" + value + "}").get("v"));
    assertThat(malformed(message).reason()).isEqualTo(PREFIX + code);
  }

  private static MalformedPayment malformed(ObjectNode message) {
    return catchThrowableOfType(MalformedPayment.class, () -> ChannelExample.read(message));
  }
}
