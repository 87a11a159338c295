@NullMarked
package io.stoa.indexer.document;

import org.jspecify.annotations.NullMarked;
