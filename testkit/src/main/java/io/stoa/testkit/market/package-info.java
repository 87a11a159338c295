/** The packaged market as a process, with a real database and a real chain behind it. */
@NullMarked
package io.stoa.testkit.market;

import org.jspecify.annotations.NullMarked;
