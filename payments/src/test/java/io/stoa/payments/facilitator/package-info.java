@NullMarked
package io.stoa.payments.facilitator;

import org.jspecify.annotations.NullMarked;
