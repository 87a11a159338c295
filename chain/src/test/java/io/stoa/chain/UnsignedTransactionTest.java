package io.stoa.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.ChainId;
import java.math.BigInteger;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnsignedTransactionTest {
  private static final Address TO = Address.parse("0x" + "a".repeat(40));

  private final JsonMapper json = new JsonMapper();

  @Test
  void isWrittenForWallets() throws JsonProcessingException {
    // Given
    var call = UnsignedTransaction.call(new ChainId(31337), TO, Bytes.parse("0x01"));

    // Then
    assertThat(json.writeValueAsString(call))
        .isEqualTo(
            "{\"chainId\":31337,\"to\":\"%s\",\"data\":\"0x01\",\"value\":\"0\"}".formatted(TO));
  }

  @Test
  void isReadAsItWasWritten() throws JsonProcessingException {
    // Given
    var rich =
        new UnsignedTransaction(
            new ChainId(1), TO, Bytes.EMPTY, BigInteger.TWO.pow(255), OptionalLong.of(21_000));

    // When
    var read = json.readValue(json.writeValueAsString(rich), UnsignedTransaction.class);

    // Then
    assertThat(read).isEqualTo(rich);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"chainId\":1}",
        "{\"chainId\":1.5,\"to\":\"0x\",\"data\":\"0x\"}",
        "{\"chainId\":true,\"to\":7,\"data\":\"0x\"}"
      })
  void isNotReadFromSomethingElse(String text) {
    assertThatThrownBy(() -> json.readValue(text, UnsignedTransaction.class))
        .isInstanceOf(JsonProcessingException.class);
  }

  @Test
  void refusesValuesThatNoTransactionHas() {
    assertThatThrownBy(
            () ->
                new UnsignedTransaction(
                    new ChainId(1), TO, Bytes.EMPTY, BigInteger.ONE.negate(), OptionalLong.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
