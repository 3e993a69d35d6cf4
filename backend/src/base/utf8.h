/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_UTF8_H
#define YOKE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/** RFC 3629: no surrogates, no overlong forms, at most U+10FFFF. */
bool utf8_valid(const uint8_t *text, size_t len);

/** Incremental validation for fragmented text messages. Start from {0}. */
struct utf8_state {
  uint8_t need;      /* continuation bytes still to come */
  uint8_t low, high; /* what the next of them may be; valid while need > 0 */
};
/** Returns false as soon as the bytes so far cannot begin valid UTF-8. */
bool utf8_feed(struct utf8_state *s, const uint8_t *text, size_t len);
bool utf8_complete(const struct utf8_state *s); /* not inside a sequence */

/** Length in UTF-16 units of valid UTF-8. */
size_t utf8_utf16_len(const uint8_t *text, size_t len);

/** Byte offset of a UTF-16 position; past the end means len; inside a pair means before it. */
size_t utf8_offset_of_utf16(const uint8_t *text, size_t len, size_t pos_utf16);

/** Append @text with CRLF and lone CR as LF. */
MUST_USE int utf8_append_lf(struct buf *out, const uint8_t *text, size_t len);

#endif
