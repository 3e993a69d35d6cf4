/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_TEXTLINES_H
#define YOKE_BASE_TEXTLINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** Two texts as lines; equal lines, and only those, have equal ids. */
struct textlines {
  size_t a_count, b_count;
  size_t *starts; /* of a's lines and a's length, then of b's lines and b's length */
  uint32_t *ids;  /* of a's lines, then of b's */
};

/**
 * A line is what ends with LF, or the rest of the text.
 *
 * @work steps that may be spent, reduced by those that were.
 * Returns 0, ERR_TOO_LARGE when that was not enough, ERR_NOMEM; @out is to be
 * deinitialised in every case.
 */
MUST_USE int textlines_split(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, size_t *work,
                             struct textlines *out);
void textlines_deinit(struct textlines *lines);

#endif
