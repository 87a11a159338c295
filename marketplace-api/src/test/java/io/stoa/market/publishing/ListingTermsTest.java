package io.stoa.market.publishing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.registry.Split;
import io.stoa.domain.Address;
import io.stoa.domain.BasisPoints;
import io.stoa.domain.listing.ListingId;
import io.stoa.market.web.JsonBody;
import org.junit.jupiter.api.Test;

class ListingTermsTest {
  private static final String OWNER = "0x00000000000000000000000000000000000000aA";

  @Test
  void withoutAHandleTheOwnersAddressNamesTheListing() {
    assertThat(read("\"service\":\"minilm\"").path())
        .hasToString("0x00000000000000000000000000000000000000aa/minilm");
    assertThat(read("\"service\":\"minilm\",\"handle\":\"stoa\"").path())
        .hasToString("stoa/minilm");
  }

  @Test
  void withoutSplitsEverythingGoesToTheTitle() {
    assertThat(read("\"service\":\"a\"").splits())
        .containsExactly(new Split.ToTitle(new BasisPoints(10_000)));
  }

  @Test
  void readsEveryKindOfPayee() {
    var terms =
        read(
            """
            "service":"a","splits":[{"to":"title","bps":9000},{"to":"%s","bps":600},
            {"to":"listing:17","bps":400}]"""
                .formatted(OWNER));

    assertThat(terms.splits())
        .containsExactly(
            new Split.ToTitle(new BasisPoints(9_000)),
            new Split.ToAccount(Address.parse(OWNER), new BasisPoints(600)),
            new Split.ToListing(new ListingId(17), new BasisPoints(400)));
  }

  private static ListingTerms read(String fields) {
    var json = "{\"owner\":\"%s\",%s}".formatted(OWNER, fields);
    return ListingTerms.read(
        JsonBody.parse(json.getBytes(UTF_8), "owner", "handle", "service", "splits"));
  }
}
