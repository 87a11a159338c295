package io.stoa.chain.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.math.BigInteger;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;

class FeeMarketTransactionTest {

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void isEncodedAndSignedAsWeb3jDoesIt(long seed) {
    // Given
    var random = new Random(seed);
    var transaction = any(random);
    var secret = new byte[32];
    random.nextBytes(secret);
    var key = SigningKey.of(Bytes32.of(secret));

    // When
    var signed = transaction.sign(key);

    // Then
    var raw =
        RawTransaction.createTransaction(
            transaction.chain().value(),
            BigInteger.valueOf(transaction.nonce()),
            BigInteger.valueOf(transaction.gasLimit()),
            transaction.to().toString(),
            transaction.value(),
            transaction.data().toString(),
            transaction.fees().tip(),
            transaction.fees().maxFeePerGas());
    var credentials = Credentials.create(key.reveal().toString());
    assertThat(signed.raw()).isEqualTo(Bytes.of(TransactionEncoder.signMessage(raw, credentials)));
    assertThat(FeeMarketTransaction.read(signed)).isEqualTo(transaction);
  }

  @Test
  void aCancellationIsAnEmptyTransferToOneself() {
    // Given
    var account = Address.parse("0x" + "1".repeat(40));
    var fees = new Fees(BigInteger.ONE, BigInteger.TWO);

    // When
    var cancel = FeeMarketTransaction.cancel(new ChainId(1), account, 7, fees);

    // Then
    assertThat(cancel.isCancelOf(account)).isTrue();
    assertThat(cancel.isCancelOf(Address.ZERO)).isFalse();
  }

  @Test
  void otherEnvelopesAreNotRead() {
    assertThatThrownBy(
            () -> FeeMarketTransaction.read(new SignedTransaction(Bytes.parse("0x01c0"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> FeeMarketTransaction.read(new SignedTransaction(Bytes.EMPTY)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static FeeMarketTransaction any(Random random) {
    var to = new byte[20];
    random.nextBytes(to);
    var data = new byte[random.nextInt(100)];
    random.nextBytes(data);
    return new FeeMarketTransaction(
        new ChainId(1 + random.nextInt(1_000_000)),
        random.nextInt(3) == 0 ? 0 : random.nextInt(1_000_000),
        new Fees(new BigInteger(random.nextInt(70), random), new BigInteger(80, random)),
        random.nextInt(30_000_000),
        Address.of(to),
        new BigInteger(random.nextInt(200), random),
        Bytes.of(data));
  }
}
