/** Chain events in, mirror rows out; safe against reorganisations. */
@NullMarked
package io.stoa.indexer;

import org.jspecify.annotations.NullMarked;
