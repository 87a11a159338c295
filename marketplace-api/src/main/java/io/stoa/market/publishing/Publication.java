package io.stoa.market.publishing;

import io.stoa.chain.registry.RegistryCalls;
import io.stoa.chain.registry.Split;
import io.stoa.domain.BasisPoints;
import java.math.BigDecimal;
import java.util.stream.Collectors;

/** A listing that is ready to be published: its terms and its documents. */
record Publication(ListingTerms terms, Documents.Pair documents) {

  /** The one transaction that publishes it. */
  TransactionView transaction(RegistryCalls registry) {
    var manifest = documents.manifest();
    var transaction =
        registry.publish(
            terms.path().provider(),
            terms.service(),
            manifest.kind(),
            documents.cid(),
            documents.cid().sha256(),
            documents.offersRoot(),
            terms.splits());
    return TransactionView.of(
        transaction,
        terms.owner(),
        "Publishes %s, a %s titled \"%s\"; its revenue goes to %s."
            .formatted(terms.path(), manifest.kind(), manifest.title(), payees()));
  }

  private String payees() {
    return terms.splits().stream()
        .map(split -> payee(split) + " (" + percent(split.share()) + " %)")
        .collect(Collectors.joining(", "));
  }

  private static String payee(Split split) {
    return switch (split) {
      case Split.ToTitle _ -> "whoever owns its title";
      case Split.ToAccount(var account, _) -> account.toString();
      case Split.ToListing(var listing, _) -> "listing " + listing;
    };
  }

  private static String percent(BasisPoints share) {
    return BigDecimal.valueOf(share.value(), 2).stripTrailingZeros().toPlainString();
  }
}
