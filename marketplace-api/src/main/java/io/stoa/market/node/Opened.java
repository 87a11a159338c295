package io.stoa.market.node;

/**
 * The node has all it needs, and listens. What works without being asked begins with this event and
 * not before: a node that is about to fail has moved nothing.
 */
public record Opened() {}
