/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ROOM_DOCUMENT_EDIT_H
#define YOKE_ROOM_DOCUMENT_EDIT_H

#include "room/document.h"

/* The steps of edits, for the files of the document alone. Between document_begin() and document_finish() stands one
 * transaction; the steps in it return errors of ours. */

MUST_USE int document_begin(struct document *d);
/** Commit and append the update, or undo it all; @err is that of the steps before, and returned. */
MUST_USE int document_finish(struct document *d, int err, struct buf *update);

MUST_USE int document_put_string(struct document *d, yata_type map, const char *key, const char *text);
/** Add a file under an id; *body is its text, empty. */
MUST_USE int document_put_file(struct document *d, const char *id, const char *path, const char *language,
                               yata_type *body);
/** As document_edit_text. */
MUST_USE int document_put_edits(struct document *d, yata_type text, const uint8_t *current, size_t current_len,
                                const uint8_t *ours, const struct text_edits *edits);
/** An error of libyata as one of ours. */
int document_err(int yata_err);

#endif
