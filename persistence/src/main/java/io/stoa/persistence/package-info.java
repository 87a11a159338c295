/** The one owner of the database: schemas, repositories, migrations. */
@NullMarked
package io.stoa.persistence;

import org.jspecify.annotations.NullMarked;
