/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_TEXTDIFF_H
#define YOKE_BASE_TEXTDIFF_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The smallest edit between two texts, and its transfer onto a third. All
 * texts are valid UTF-8 and edits never split a character. The edit script is
 * Myers' (1986) O(ND) on what is left after the common prefix and suffix are
 * taken off; past a work limit the differing middle is replaced as one piece.
 */
struct text_edit {
  size_t at;        /* byte offset in the text that the list is for */
  size_t del;       /* bytes */
  size_t ins_at;    /* where the inserted bytes stand in `ours` */
  size_t ins;       /* bytes */
};

struct text_edits {
  struct text_edit *items; /* ascending by at, not touching each other */
  size_t count, cap;
};

void text_edits_deinit(struct text_edits *edits);

/** base -> ours. ERR_NOMEM. */
MUST_USE int textdiff(const uint8_t *base, size_t base_len, const uint8_t *ours, size_t ours_len, struct text_edits *out);

/**
 * The edit base -> ours expressed on @current, which others made of the same
 * base meanwhile: what they inserted stays (before our insertion at the same
 * place), what both deleted is deleted once. Offsets are those of @current,
 * all in its coordinates before any edit is applied.
 */
MUST_USE int textdiff_rebase(const uint8_t *base, size_t base_len, const uint8_t *ours, size_t ours_len,
                             const uint8_t *current, size_t current_len, struct text_edits *out);

/** Bytes that @edits delete and insert together: the size of the edit. */
size_t text_edits_size(const struct text_edits *edits);

#endif
