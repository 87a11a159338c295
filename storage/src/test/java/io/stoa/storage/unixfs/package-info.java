@NullMarked
package io.stoa.storage.unixfs;

import org.jspecify.annotations.NullMarked;
