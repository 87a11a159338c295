/** What wallets sign for this node alone, and how it is checked (docs/http-api.md). */
@NullMarked
package io.stoa.market.wallet;

import org.jspecify.annotations.NullMarked;
