@NullMarked
package io.stoa.payments;

import org.jspecify.annotations.NullMarked;
