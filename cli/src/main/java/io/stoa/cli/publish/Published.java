package io.stoa.cli.publish;

import io.stoa.domain.Cid;
import io.stoa.domain.TxHash;
import io.stoa.domain.listing.ListingPath;
import java.net.URI;

/**
 * A listing that is for sale.
 *
 * @param url where it is called
 */
public record Published(
    ListingPath path, URI url, Cid manifest, Cid artifact, TxHash transaction) {}
