/** What is sold: listings, their documents and their prices. */
@NullMarked
package io.stoa.domain.listing;

import org.jspecify.annotations.NullMarked;
