/** What is common to all who call a provider. */
@NullMarked
package io.stoa.market.provider;

import org.jspecify.annotations.NullMarked;
