/** UnixFS files as trees of blocks: the shape that gives content its CID. No I/O. */
@NullMarked
package io.stoa.storage.unixfs;

import org.jspecify.annotations.NullMarked;
