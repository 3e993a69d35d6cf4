/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_TEXTDIFF_H
#define YOKE_BASE_TEXTDIFF_H

#include <stddef.h>
#include <stdint.h>

#include "base/text_edit.h"

/*
 * The smallest edit between two texts, and its transfer onto a third. All
 * texts are valid UTF-8 and edits never split a character. What is left after
 * the common prefix and suffix are taken off is compared character by
 * character; where that takes too long, line by line, and character by
 * character within the lines that differ; where that takes too long too, it is
 * replaced as one piece.
 */

/** Steps that one diff may take (a few milliseconds), beyond looking at each byte once or twice. */
#define TEXTDIFF_WORK_MAX ((size_t)2000000)

/** base -> ours, appended to the empty @out; the edits do not touch each other. ERR_NOMEM. */
MUST_USE int textdiff(const uint8_t *base, size_t base_len, const uint8_t *ours, size_t ours_len,
                      struct text_edits *out);

/**
 * The edit base -> ours expressed on @current, which others made of the same
 * base meanwhile: what they inserted stays (before our insertion at the same
 * place), what both deleted is deleted once. Offsets are those of @current,
 * all in its coordinates before any edit is applied. Two edits may touch, and
 * then even have the same `at`: their insertions stand in the order of the
 * list, so apply it from its end.
 */
MUST_USE int textdiff_rebase(const uint8_t *base, size_t base_len, const uint8_t *ours, size_t ours_len,
                             const uint8_t *current, size_t current_len, struct text_edits *out);

#endif
