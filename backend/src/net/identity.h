/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_IDENTITY_H
#define YOKE_NET_IDENTITY_H

#include <stddef.h>

#include "base/buf.h"

/* Who a request says it comes from: the headers x-username and x-usermail, UTF-8 and perhaps percent-encoded. */

/**
 * Decode a user name into @out (NUL-terminated, surrounding spaces taken off).
 * Returns 0, or ERR_INVALID with a sentence in @why (static); ERR_NOMEM.
 */
MUST_USE int identity_name(const char *header, size_t max_chars, struct buf *out, const char **why);

/** The same for a mail address: something@something, at most 254 bytes, no spaces. */
MUST_USE int identity_mail(const char *header, struct buf *out, const char **why);

#endif
