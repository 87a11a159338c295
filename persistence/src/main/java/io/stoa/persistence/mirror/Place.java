package io.stoa.persistence.mirror;

import java.time.Instant;

/**
 * Where on the chain a fact was logged.
 *
 * @param at the time of its block
 */
public record Place(long block, int logIndex, Instant at) {}
