package io.stoa.chain.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.deploy.Deployment;
import io.stoa.chain.deploy.DeploymentPlan;
import io.stoa.chain.registry.SplitterReads;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRefused;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.chain.testing.Anvil;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokenIT {
  private static final SigningKey PAYER = SigningKey.of(Bytes32.of(BigInteger.valueOf(4242)));
  private static final Address PAYEE = Address.parse("0x" + "9".repeat(40));
  private static final BigInteger FOREVER = BigInteger.valueOf(4_000_000_000L);

  private static Anvil anvil;
  private static FaultyRpc proxy;
  private static Rpc rpc;
  private static Wallet wallet;
  private static Address usd;

  @BeforeAll
  static void deploy() {
    anvil = Anvil.start();
    proxy = FaultyRpc.before(anvil.endpoint());
    rpc = Rpc.connect(RpcSettings.of(proxy.endpoint()));
    wallet = new Wallet(rpc, Anvil.RICH, SendPolicy.standard());
    usd =
        new Deployment(rpc, wallet, _ -> {})
            .deploy(DeploymentPlan.development(wallet.address(), Anvil.GUARDIAN))
            .usdCoin();
    send(TokenCalls.mint(PAYER.address(), BigInteger.valueOf(5_000)));
  }

  @AfterAll
  static void close() {
    rpc.close();
    proxy.close();
    anvil.close();
  }

  @Test
  void namesTheDomainThatPaymentsAreSignedUnder() {
    // Given
    var reads = new TokenReads(rpc);

    // Then
    assertThat(reads.name(usd)).isEqualTo("USD Coin");
    assertThat(reads.version(usd)).isEqualTo("2");
    assertThat(reads.name(PAYEE)).isEmpty();
  }

  @Test
  void settlesASignedTransferAndReadsItsProof() {
    // Given
    var transfer = signed(1_000, nonce(1));

    // When
    var receipt = send(TokenCalls.transferWithAuthorization(transfer));

    // Then
    assertThat(receipt.logs().stream().flatMap(log -> TokenEvents.decode(log).stream()))
        .containsExactlyInAnyOrder(
            new TokenEvent.AuthorizationUsed(usd, PAYER.address(), nonce(1)),
            new TokenEvent.Transferred(usd, PAYER.address(), PAYEE, BigInteger.valueOf(1_000)));
    assertThat(
            rpc.logs(
                TokenEvents.authorization(usd, PAYER.address(), nonce(1)), receipt.block().hash()))
        .hasSize(1);
  }

  @Test
  void settlesBySignatureBytesToo() {
    // Given
    var transfer = signed(1, nonce(2));

    // When
    send(TokenCalls.transferWithAuthorizationByContract(transfer));

    // Then
    assertThat(
            new TokenReads(rpc).authorizationState(usd, PAYER.address(), nonce(2), BlockId.LATEST))
        .isTrue();
  }

  @Test
  void readsEverythingAboutAPayerAtOneBlockInOneRequest() {
    // Given
    var reads = new TokenReads(rpc);
    var before = rpc.head();
    var balance = reads.balanceOf(usd, PAYER.address(), BlockId.LATEST);
    send(TokenCalls.transferWithAuthorization(signed(10, nonce(3))));
    var after = rpc.head();
    long requests = proxy.requests("eth_call");

    // When
    var then = reads.payerState(usd, PAYER.address(), nonce(3), before.hash());
    var now = reads.payerState(usd, PAYER.address(), nonce(3), after.hash());

    // Then
    assertThat(proxy.requests("eth_call")).isEqualTo(requests + 2);
    assertThat(then.balance()).isEqualTo(balance);
    assertThat(then.authorizationUsed()).isFalse();
    assertThat(now.balance()).isEqualTo(balance.subtract(BigInteger.TEN));
    assertThat(now.authorizationUsed()).isTrue();
    assertThat(now.payerHasCode()).isFalse();
    assertThat(now.assetHasCode()).isTrue();
  }

  @Test
  void readsManyPayersInOneRequest() {
    // Given
    var head = rpc.head();
    var question = new TokenReads.Question(usd, PAYER.address(), nonce(9));
    var stranger = new TokenReads.Question(usd, PAYEE, nonce(9));
    long requests = proxy.requests("eth_call");

    // When
    var states =
        new TokenReads(rpc).payerStates(List.of(question, stranger, question), head.hash());

    // Then
    assertThat(states).hasSize(3);
    assertThat(proxy.requests("eth_call")).isEqualTo(requests + 1);
  }

  @Test
  void aBlockThatTheNodeDoesNotHaveIsRefused() {
    // Given
    var unknown = Bytes32.parse("0x" + "f".repeat(64));

    // Then
    Assertions.assertThatThrownBy(
            () -> new TokenReads(rpc).payerState(usd, PAYER.address(), nonce(1), unknown))
        .isInstanceOf(RpcRefused.class);
  }

  @Test
  void whatIsNoTokenHasNoBalances() {
    // Then
    assertThat(new TokenReads(rpc).balanceOf(PAYEE, PAYER.address(), BlockId.LATEST)).isZero();
    assertThat(new SplitterReads(rpc).undistributed(PAYEE, usd, BlockId.LATEST)).isZero();
  }

  @Test
  void findsTransfersToAnAddress() {
    // Given
    var to = Address.parse("0x" + "3".repeat(40));
    send(TokenCalls.mint(to, BigInteger.TWO));

    // When
    var logs =
        rpc.logs(
            LogFilter.of(usd).and(TokenEvents.TRANSFER).and(Set.of()).and(Abi.word(to)),
            0,
            rpc.head().number());

    // Then
    assertThat(logs.stream().flatMap(log -> TokenEvents.decode(log).stream()))
        .containsExactly(new TokenEvent.Transferred(usd, Address.ZERO, to, BigInteger.TWO));
  }

  private static Bytes32 nonce(long value) {
    return Bytes32.of(BigInteger.valueOf(value));
  }

  private static SignedTransfer signed(long units, Bytes32 nonce) {
    var domain = new Eip712.Domain("USD Coin", "2", Anvil.CHAIN, usd);
    var message =
        Eip712.hashStruct(
            Keccak.hash(
                "TransferWithAuthorization(address from,address to,uint256 value,"
                    + "uint256 validAfter,uint256 validBefore,bytes32 nonce)"),
            Abi.word(PAYER.address()),
            Abi.word(PAYEE),
            Abi.word(units),
            Abi.word(0),
            Abi.word(FOREVER),
            nonce);
    var signature = PAYER.sign(Eip712.digest(domain.separator(), message));
    return new SignedTransfer(
        TokenAmount.of(new Asset(Anvil.CHAIN, usd), units),
        PAYER.address(),
        PAYEE,
        BigInteger.ZERO,
        FOREVER,
        nonce,
        Bytes.wrap(signature.toBytes()));
  }

  private static Receipt send(Bytes data) {
    var outcome =
        wallet.send(UnsignedTransaction.call(Anvil.CHAIN, usd, data), Duration.ofSeconds(20));
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    return ((SendOutcome.Mined) outcome).receipt();
  }
}
