/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ROOM_DOCUMENT_H
#define YOKE_ROOM_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yata.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/textdiff.h"

/*
 * The schema of a room's document over libyata:
 *   getMap('meta')  { title, main: fileId }
 *   getMap('files') fileId -> Y.Map { path, text: Y.Text, language? }
 * Anything else in the document is kept and served, and not looked at.
 * Whatever shape a client gave these types, reading never fails for it: what
 * is not as above is passed over.
 */
struct document {
  yata_doc *doc;
  size_t estimate_bytes; /* at least the encoded size as far as known; see document_fits() */
};

MUST_USE int document_create(const struct limits *limits, struct document *out);
void document_deinit(struct document *d);

/**
 * Lift the limits on updates, to read back what was accepted before, or (@limits not NULL) put them into
 * force. A snapshot in one piece takes more work than each of the updates in it: a limit must not lose it.
 */
void document_set_limits(struct document *d, const struct limits *limits);

/** Merge an update. @changed: it did anything at all. ERR_MALFORMED, ERR_FULL (a limit: pending, nesting), ERR_NOMEM.
 */
MUST_USE int document_apply(struct document *d, const uint8_t *update, size_t len, bool *changed);

/** Would @more bytes of updates keep the document within @max? Encodes it when the running estimate says no. */
bool document_fits(struct document *d, size_t more, uint64_t max);

/** Append the whole state as one v1 update. */
MUST_USE int document_encode(const struct document *d, struct buf *out);
/** Append what the state vector lacks. ERR_MALFORMED. */
MUST_USE int document_diff(const struct document *d, const uint8_t *sv, size_t len, struct buf *out);
MUST_USE int document_state_vector(const struct document *d, struct buf *out);

/** Fill a new document with its title and main file; append the update. Texts are valid UTF-8 with LF. */
MUST_USE int document_init(struct document *d, const char *title, const char *path, const char *language,
                           const uint8_t *code, size_t code_len, struct buf *update);

struct document_file {
  char *id, *path, *language; /* path is safe and unique; language may be "" */
  yata_type file, text;
  bool main;
};

struct document_files {
  struct document_file *items; /* by path */
  size_t count;
};

MUST_USE int document_files(struct document *d, size_t path_max, struct document_files *out);
void document_files_deinit(struct document_files *files);
const struct document_file *document_find(const struct document_files *files, const char *path);
const struct document_file *document_main(const struct document_files *files);

MUST_USE int document_read_text(const struct document *d, yata_type text, struct buf *out);

/** Append the title, "" when there is none. */
MUST_USE int document_title(struct document *d, struct buf *out);

/*
 * Edits. Each is one transaction whose update is appended to @update (nothing
 * when nothing changed); on an error the document is as before.
 */
MUST_USE int document_add_file(struct document *d, const char *path, const char *language, const uint8_t *text,
                               size_t len, bool make_main, struct buf *update);
MUST_USE int document_remove_file(struct document *d, const struct document_file *file, struct buf *update);
MUST_USE int document_set_title(struct document *d, const char *title, struct buf *update);
MUST_USE int document_set_language(struct document *d, const struct document_file *file, const char *language,
                                   struct buf *update);
/** Apply @edits (offsets in @current, inserted bytes in @ours) to the text. */
MUST_USE int document_edit_text(struct document *d, yata_type text, const uint8_t *current, size_t current_len,
                                const uint8_t *ours, const struct text_edits *edits, struct buf *update);

/** Make files, title and main file what they are in @then, in one edit. Files are told by their ids. ERR_NOMEM. */
MUST_USE int document_restore(struct document *d, struct document *then, size_t path_max, struct buf *update);

#endif
