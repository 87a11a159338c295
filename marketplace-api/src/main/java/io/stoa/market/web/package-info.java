/** What every answer has in common: problems, request ids, and how requests are read. */
@NullMarked
package io.stoa.market.web;

import org.jspecify.annotations.NullMarked;
