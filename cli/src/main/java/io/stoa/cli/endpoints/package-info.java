/** Where a local market is and who plays in it. */
@NullMarked
package io.stoa.cli.endpoints;

import org.jspecify.annotations.NullMarked;
