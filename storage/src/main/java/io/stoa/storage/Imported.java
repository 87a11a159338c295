package io.stoa.storage;

import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;

/**
 * Content that was taken in.
 *
 * @param cid the root of its tree
 * @param sha256 the digest of the whole content, as a manifest states it
 * @param size bytes of content
 * @param blocks blocks of its tree, leaves and nodes, repeated ones counted each time
 */
public record Imported(Cid cid, Bytes32 sha256, long size, long blocks) {}
