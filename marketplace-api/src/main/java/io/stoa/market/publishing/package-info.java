/** How something gets into the market: uploads, documents, unsigned transactions. */
@NullMarked
package io.stoa.market.publishing;

import org.jspecify.annotations.NullMarked;
