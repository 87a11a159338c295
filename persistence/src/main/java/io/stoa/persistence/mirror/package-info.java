/** The mirror: listings as the chain and their documents tell them, and who may write that down. */
@NullMarked
package io.stoa.persistence.mirror;

import org.jspecify.annotations.NullMarked;
