/** A PostgreSQL of its own on this machine. */
@NullMarked
package io.stoa.local.database;

import org.jspecify.annotations.NullMarked;
