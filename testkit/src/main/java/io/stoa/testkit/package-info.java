/** Builders, fakes and assertions for tests. */
@NullMarked
package io.stoa.testkit;

import org.jspecify.annotations.NullMarked;
