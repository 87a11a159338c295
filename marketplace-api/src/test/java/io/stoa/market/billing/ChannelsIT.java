package io.stoa.market.billing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoa.chain.anchor.UsageAnchors;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.token.TokenReads;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelCall;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.SignedRead;
import io.stoa.testkit.market.Surroundings;
import io.stoa.x402.receipt.AttestedReceipt;
import io.stoa.x402.receipt.ReceiptMerkle;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a channel's payer and payee learn of it, and nobody else. */
class ChannelsIT {
  private static final SigningKey STRANGER = Surroundings.wallet("buyer-1");
  @AutoClose private static FundedChannel channel;

  @BeforeAll
  static void open() {
    channel = new FundedChannel(RunningMarket.shared());
    channel.call(300, 12);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> channel.read(FundedChannel.OWNER, channel.path()).statusCode() == 200);
  }

  @Test
  void bothSidesSeeWhereTheChannelStands() {
    // When
    var seen = channel.document(FundedChannel.OWNER, channel.path());

    // Then
    assertThat(seen.path("id").asText()).isEqualTo(channel.id.toString());
    assertThat(seen.path("balance").asText()).isEqualTo("1000000");
    assertThat(seen.path("signedCeiling").asText()).isEqualTo(seen.path("charged").asText());
    assertThat(seen.path("reserved").asText()).isEqualTo("0");
    assertThat(seen.at("/config/receiver")).isEqualTo(channel.listing.path("splitter"));
    assertThat(seen.at("/synced/number").longValue()).isPositive();
    assertThat(channel.document(channel.payer, channel.path())).isEqualTo(seen);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/voucher", "/calls/1/receipt"})
  void othersSeeNothing(String what) {
    // When
    var stranger = channel.read(STRANGER, channel.path() + what);
    var nobody = channel.market.get(channel.path() + what);

    // Then
    assertThat(stranger.statusCode()).isEqualTo(403);
    assertThat(stranger.body()).contains("\"not-your-channel\"");
    assertThat(nobody.statusCode()).isEqualTo(403);
    assertThat(nobody.body()).contains("\"authorization-missing\"");
  }

  @Test
  void aSignatureOpensOnlyWhatItNames() {
    // When
    var answer =
        channel.market.send(
            channel
                .market
                .request(channel.path() + "/voucher")
                .header(
                    "Authorization",
                    SignedRead.of(
                            FundedChannel.OWNER,
                            channel.config.asset().chain(),
                            channel.market.origin() + channel.path())
                        .header())
                .build());

    // Then
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("\"authorization-invalid\"");
  }

  @Test
  void anUnknownChannelIsNotFound() {
    assertThat(channel.read(STRANGER, "/v1/channels/0x" + "1".repeat(64)).statusCode())
        .isEqualTo(404);
    assertThat(channel.read(STRANGER, "/v1/channels/1").statusCode()).isEqualTo(400);
  }

  @Test
  void theOwnerOfTheListingClaimsByTheVoucherWithoutTheNode() {
    // Given
    channel.call(700, 1);
    var splitter = Address.parse(channel.listing.path("splitter").asText());
    var before = balance(splitter);
    var document = channel.document(FundedChannel.OWNER, channel.path() + "/voucher");
    var due = new BigInteger(document.path("claimable").asText());

    // When
    for (var call : document.path("calls")) {
      channel.send(
          FundedChannel.OWNER,
          Address.parse(call.path("to").asText()),
          Bytes.parse(call.path("data").asText()));
    }
    channel.sync();

    // Then
    assertThat(due).isGreaterThanOrEqualTo(BigInteger.valueOf(700));
    assertThat(balance(splitter)).isEqualTo(before.add(due));
    var after = channel.document(FundedChannel.OWNER, channel.path() + "/voucher");
    assertThat(after.path("claimable").asText()).isEqualTo("0");
    assertThat(after.at("/claim/totalClaimed")).isEqualTo(document.at("/claim/totalClaimed"));
  }

  @Test
  void rule67TheReceiptOfACallNamesItAndVerifies() throws Exception {
    // Given
    var hold = channel.call(250, 7);

    // When
    var answer =
        channel.read(channel.payer, channel.path() + "/calls/" + hold.fence() + "/receipt");

    // Then
    var receipt = AttestedReceipt.read(answer.body().getBytes(UTF_8));
    assertThat(receipt.isBy(attester())).isTrue();
    assertThat(receipt.receipt().paidBy().payment())
        .isEqualTo(new ChannelCall(channel.id, hold.fence()).payment());
    assertThat(receipt.receipt().usage()).hasToString("input_token=7");
  }

  /** As the node's own document says. */
  private static Address attester() throws IOException {
    var account =
        new ObjectMapper()
            .readTree(channel.market.get("/.well-known/did.json").body())
            .at("/verificationMethod/1/blockchainAccountId")
            .asText();
    return Address.parse(account.substring(account.lastIndexOf(':') + 1));
  }

  @Test
  void anAnchoredReceiptIsProvenByTheChain() {
    // Given
    var hold = channel.call(0, 1);
    var path = channel.path() + "/calls/" + hold.fence() + "/receipt/proof";
    assertThat(channel.read(channel.payer, path).statusCode()).isEqualTo(404);

    // When
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              channel.anchorReceipts();
              return channel.read(channel.payer, path).statusCode() == 200;
            });

    // Then
    var proof = channel.document(channel.payer, path);
    var sender = Address.parse(proof.path("sender").asText());
    var place =
        new ReceiptMerkle.Place(
            channel.config.asset().chain(),
            Address.parse(proof.path("anchor").asText()),
            sender,
            proof.path("epoch").longValue());
    var root =
        new UsageAnchors(channel.market.surroundings().rpc(), place.anchor())
            .rootOf(sender, place.epoch(), BlockId.LATEST)
            .orElseThrow();
    var siblings =
        proof.path("proof").valueStream().map(each -> Bytes32.parse(each.asText())).toList();
    assertThat(
            ReceiptMerkle.proves(
                place, Bytes32.parse(proof.path("receipt").asText()), siblings, root))
        .isTrue();
    assertThat(channel.read(STRANGER, path).statusCode()).isEqualTo(403);
  }

  @Test
  void aCallThatWasNotChargedHasNoReceipt() {
    assertThat(channel.read(channel.payer, channel.path() + "/calls/999/receipt").statusCode())
        .isEqualTo(404);
    assertThat(channel.read(channel.payer, channel.path() + "/calls/0/receipt").statusCode())
        .isEqualTo(400);
  }

  private static BigInteger balance(Address account) {
    var surroundings = channel.market.surroundings();
    return new TokenReads(surroundings.rpc())
        .balanceOf(surroundings.contracts().usdCoin(), account, BlockId.LATEST);
  }
}
