/** The demo model behind an OpenAI-compatible endpoint that answers only to its node. */
@NullMarked
package io.stoa.demo;

import org.jspecify.annotations.NullMarked;
