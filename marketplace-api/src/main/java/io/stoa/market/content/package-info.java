/** Stored content by its CID. */
@NullMarked
package io.stoa.market.content;

import org.jspecify.annotations.NullMarked;
