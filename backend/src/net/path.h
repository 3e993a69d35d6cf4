/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_PATH_H
#define YOKE_NET_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/**
 * Append @text percent-decoded, with a NUL behind that is not counted. `+` stays `+`.
 * ERR_MALFORMED: `%` without two hex digits, %00, or the result is not UTF-8. ERR_NOMEM.
 */
MUST_USE int path_decode(struct buf *out, const char *text, size_t len);

/** The value of @name in a query string, decoded as a form (`+` is a space). ERR_NOT_FOUND, ERR_MALFORMED, ERR_NOMEM.
 */
MUST_USE int path_query_value(const char *query, const char *name, struct buf *out);

/** Append @text so that it can stand in a path, slashes kept. ERR_NOMEM. */
MUST_USE int path_encode(struct buf *out, const char *text);

/** A decoded path below which no segment is empty, "." or ".." and no byte is a control character or a backslash. */
bool path_is_safe(const char *decoded);

#endif
