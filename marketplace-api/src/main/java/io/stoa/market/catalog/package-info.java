/** What is for sale: listings as the mirror knows them. */
@NullMarked
package io.stoa.market.catalog;

import org.jspecify.annotations.NullMarked;
