/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_MYERS_H
#define YOKE_BASE_MYERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/text_edit.h"

/** A sequence of bytes or of ids; both sides of one call are of the same sort. */
struct myers_seq {
  const uint8_t *bytes;
  const uint32_t *ids; /* used when bytes is NULL */
  size_t len;
};

/**
 * Append the shortest edit script a -> b to @out, counted in elements (E. W.
 * Myers, "An O(ND) difference algorithm and its variations", 1986). Edits do
 * not touch each other.
 *
 * @work steps that may be spent; reduced by those that were. Four bytes of
 *       memory a step at most.
 * Returns 0, ERR_TOO_LARGE when that was not enough (@out as it was), ERR_NOMEM.
 */
MUST_USE int myers_diff(struct myers_seq a, struct myers_seq b, size_t *work, struct text_edits *out);

#endif
