/** A node of the chain as this program sees it: typed questions, typed answers, typed failures. */
@NullMarked
package io.stoa.chain.rpc;

import org.jspecify.annotations.NullMarked;
