/** The documents that the chain names: fetched, checked against their hash and their schema. */
@NullMarked
package io.stoa.indexer.document;

import org.jspecify.annotations.NullMarked;
