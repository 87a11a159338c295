/** From a file on this disk to a listing that others can buy. */
@NullMarked
package io.stoa.cli.publish;

import org.jspecify.annotations.NullMarked;
