package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.signature.Signers;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Payments of contract wallets that nobody has created yet (ERC-6492). */
class NewWalletIT {
  private static final long PRICE = 1_000;

  /** Creates what it is given by CREATE2; every development chain has it. */
  private static final Address FACTORY =
      Address.parse("0x4e59b44847b379578588920ca78fbf26c0b4956c");

  /** Creates a wallet that takes any signature for its own. */
  private static final byte[] INIT_CODE =
      HexFormat.of().parseHex("6d631626ba7e60e01b5f5260205ff35f52600e6012f3");

  private static TestChain chain;

  private final TestDatabase database = TestDatabase.fresh();
  private final Bytes32 salt = Keccak.hash("wallet " + System.nanoTime());
  private final Address wallet = wallet(salt);
  private Shop shop;

  @BeforeAll
  static void start() {
    chain = TestChain.start();
  }

  @AfterAll
  static void stop() {
    chain.close();
  }

  @BeforeEach
  void open() {
    shop = new Shop(database, chain, Shop.Setting.of(chain).trusting(FACTORY));
    chain.mint(wallet, PRICE);
  }

  @AfterEach
  void close() {
    shop.close();
    database.close();
  }

  @Test
  void rule32AWalletIsCreatedOnTheWayToItsFirstPayment() {
    // When
    var admission = shop.serve(shop.present(transfer(FACTORY), "question"));

    // Then
    assertThat(admission).isInstanceOf(Admission.Delivered.class);
    assertThat(chain.dollarsOf(wallet)).isZero();
    assertThat(hasCode()).isTrue();
    assertThat(shop.served()).isOne();
  }

  @Test
  void rule32AWalletThatWasCreatedMeanwhilePaysAllTheSame() {
    // Given
    var presented = shop.present(transfer(FACTORY), "question");
    chain.send(chain.account(), FACTORY, creation());

    // When
    var admission = shop.serve(presented);

    // Then
    assertThat(admission).isInstanceOf(Admission.Delivered.class);
    assertThat(chain.dollarsOf(wallet)).isZero();
  }

  @Test
  void rule32AFactoryThatIsNotListedCreatesNothing() {
    // Given
    var stranger = Address.parse("0x" + "4e".repeat(20));

    // When
    var admission = shop.serve(shop.present(transfer(stranger), "question"));

    // Then
    assertThat(admission).isEqualTo(new Admission.Refused(Signers.FACTORY_NOT_ALLOWED));
    assertThat(shop.transactions()).isZero();
    assertThat(shop.served()).isZero();
    assertThat(hasCode()).isFalse();
  }

  @Test
  void rule32AWalletThatTheFactoryDoesNotCreateHasNotSigned() {
    // Given
    var other = wallet(Keccak.hash("another"));
    chain.mint(other, PRICE);

    // When
    var admission = shop.serve(shop.present(transfer(other, FACTORY), "question"));

    // Then
    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(shop.transactions()).isZero();
    assertThat(chain.dollarsOf(other)).isEqualTo(PRICE);
  }

  private SignedTransfer transfer(Address factory) {
    return transfer(wallet, factory);
  }

  private SignedTransfer transfer(Address payer, Address factory) {
    return new SignedTransfer(
        TokenAmount.of(chain.dollar(), PRICE),
        payer,
        Shop.SELLER,
        BigInteger.ZERO,
        BigInteger.valueOf(Instant.now().plusSeconds(3600).getEpochSecond()),
        Keccak.hash("nonce " + System.nanoTime()),
        wrapped(factory));
  }

  /** {@code abi.encode(factory, creation, signature)} and the suffix of the standard. */
  private Bytes wrapped(Address factory) {
    var creation = creation().toBytes();
    int padded = (creation.length + 31) / 32 * 32;
    var text = new ByteArrayOutputStream();
    text.writeBytes(
        Abi.encode(
            Abi.word(factory),
            Abi.word(96),
            Abi.word(96 + 32 + padded),
            Abi.word(creation.length)));
    text.writeBytes(Arrays.copyOf(creation, padded));
    text.writeBytes(Abi.encode(Abi.word(3), Bytes32.of(Arrays.copyOf(new byte[] {1, 2, 3}, 32))));
    text.writeBytes(HexFormat.of().parseHex("6492".repeat(16)));
    return Bytes.wrap(text.toByteArray());
  }

  private Bytes creation() {
    var data = Arrays.copyOf(salt.toBytes(), 32 + INIT_CODE.length);
    System.arraycopy(INIT_CODE, 0, data, 32, INIT_CODE.length);
    return Bytes.wrap(data);
  }

  private static Address wallet(Bytes32 salt) {
    var text = new ByteArrayOutputStream();
    text.write(0xff);
    text.writeBytes(FACTORY.toBytes());
    text.writeBytes(salt.toBytes());
    text.writeBytes(Keccak.hash(INIT_CODE).toBytes());
    return Address.of(Arrays.copyOfRange(Keccak.hash(text.toByteArray()).toBytes(), 12, 32));
  }

  private boolean hasCode() {
    return !chain.ask("eth_getCode", wallet.toString(), "latest").asText().equals("0x");
  }
}
