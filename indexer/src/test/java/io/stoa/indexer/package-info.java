@NullMarked
package io.stoa.indexer;

import org.jspecify.annotations.NullMarked;
