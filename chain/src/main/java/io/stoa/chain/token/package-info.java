/** The dollar token: what is read from it, what is asked of it, what it logs. */
@NullMarked
package io.stoa.chain.token;

import org.jspecify.annotations.NullMarked;
