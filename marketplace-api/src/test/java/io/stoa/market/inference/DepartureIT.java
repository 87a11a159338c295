package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.x402.batch.ChannelContracts;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Payers that leave while nobody seems to look. */
class DepartureIT {
  private static final Duration DELAY = Duration.ofMinutes(15);
  private static final long DEPOSIT = 20_000;

  @Test
  void rule55ANoticeWhileTheApiIsDownAndTheMirrorStandsStillIsClaimedInTime() {
    // Given: a settler that follows nothing, and has no other reason to claim
    var rules =
        Map.of(
            "stoa.roles", "api,indexer", "stoa.channels.withdraw-delay", DELAY.toMinutes() + "m");
    try (var api = RunningMarket.start(rules);
        var settler = api.secondInstance(Map.of("stoa.roles", "settler"));
        var shop = Shop.in(api)) {
      var payer = ChannelWallet.with(shop, DEPOSIT);
      assertThat(payer.call("one").statusCode()).isEqualTo(200);
      api.kill();
      var mirrored = mirroredBlock(shop);

      // When
      payer.giveNotice();
      aTenthOfTheDelayPasses(shop);

      // Then
      await().atMost(Duration.ofSeconds(60)).until(() -> claimed(payer).equals(Shop.PRICE));
      shop.chain("evm_increaseTime", DELAY.toSeconds() + 1);
      payer.leave();
      assertThat(shop.balanceOf(payer.key.address()))
          .isEqualTo(BigInteger.valueOf(DEPOSIT).subtract(Shop.PRICE));
      assertThat(mirroredBlock(shop)).isEqualTo(mirrored);
      assertThat(settler.get("/q/health/live").statusCode()).isEqualTo(200);
    }
  }

  private static BigInteger claimed(ChannelWallet payer) {
    return new ChannelReads(payer.shop.market.surroundings().rpc(), ChannelContracts.CHANNELS)
        .read(List.of(payer.channel.id()))
        .getFirst()
        .claimed();
  }

  /** So long nobody may have looked at a channel that owes something. */
  private static void aTenthOfTheDelayPasses(Shop shop) {
    try (var connection = connect(shop);
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          "update till.channel set synced_at = synced_at - interval '%d seconds'"
              .formatted(DELAY.toSeconds() / 10 + 1));
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }

  private static long mirroredBlock(Shop shop) {
    try (var connection = connect(shop);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select max(block_number) from mirror.chain_cursor")) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }

  private static Connection connect(Shop shop) throws SQLException {
    var database = shop.market.surroundings().database();
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }
}
