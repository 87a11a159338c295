/**
 * Content by CID: imported, kept, verified while it is read, and forgotten when nobody needs it.
 */
@NullMarked
package io.stoa.storage;

import org.jspecify.annotations.NullMarked;
