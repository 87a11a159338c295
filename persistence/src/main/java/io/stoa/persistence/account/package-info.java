/**
 * What this node remembers of those who use it, schema {@code account}: primary data, like the
 * till.
 */
@NullMarked
package io.stoa.persistence.account;

import org.jspecify.annotations.NullMarked;
