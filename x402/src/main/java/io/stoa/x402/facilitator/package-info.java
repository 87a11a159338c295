/** What servers and facilitators say to each other (x402 §8). */
@NullMarked
package io.stoa.x402.facilitator;

import org.jspecify.annotations.NullMarked;
