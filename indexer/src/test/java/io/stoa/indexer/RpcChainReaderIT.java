package io.stoa.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.Log;
import io.stoa.domain.listing.ListingKind;
import io.stoa.testkit.TestChain;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RpcChainReaderIT {
  private static TestChain chain;
  private static Shop shop;
  private static ChainReader reader;

  @BeforeAll
  static void open() {
    chain = TestChain.start();
    shop = Shop.on(chain);
    reader = new RpcChainReader(chain.rpc(), chain.contracts().listingRegistry());
  }

  @AfterAll
  static void close() {
    chain.close();
  }

  private static void publish(String service) {
    shop.publish(
        service,
        TestDocument.manifest("M", ListingKind.MODEL),
        TestDocument.offers(chain.dollar(), 1));
  }

  @Test
  void aRangeGivesTheSameAsItsBlocksOneByOne() {
    // Given
    long from = reader.head().number() + 1;
    chain.mine(3);
    publish("range-1");
    chain.mine(200);
    publish("range-2");
    long to = reader.head().number();

    // When
    var stretch = reader.stretch(from, to).orElseThrow();

    // Then
    var blocks = reader.blocks(LongStream.rangeClosed(from, to).boxed().toList());
    assertThat(blocks).hasSize((int) (to - from + 1));
    assertThat(stretch.logs()).isNotEmpty().isEqualTo(reader.logs(blocks));
    assertThat(stretch.first()).isEqualTo(blocks.getFirst());
    assertThat(stretch.blocks())
        .contains(blocks.getLast())
        .extracting(BlockHeader::ref)
        .containsAll(stretch.logs().stream().map(Log::block).toList());
  }

  @Test
  void aRangeThatTheNodeHasNotReachedIsNotEmptyButUnknown() {
    // Given
    long head = reader.head().number();

    // Then
    assertThat(reader.stretch(head, head + 1)).isEmpty();
    assertThat(reader.blocks(List.of(head, head + 1))).hasSize(1);
  }
}
