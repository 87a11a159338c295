/** The node itself: its configuration, its parts wired together, its start and its stop. */
@NullMarked
package io.stoa.market.node;

import org.jspecify.annotations.NullMarked;
