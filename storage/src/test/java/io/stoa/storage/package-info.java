@NullMarked
package io.stoa.storage;

import org.jspecify.annotations.NullMarked;
