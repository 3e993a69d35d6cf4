/* SPDX-License-Identifier: MIT */
/* Files of the tool: whole, "-" being standard input or output. All complain on stderr, and return 0 or -1. */
#ifndef YATA_TOOL_FILE_H
#define YATA_TOOL_FILE_H

#include <yata.h>

/** An update and its encoding version, 1 or 2. */
struct update {
  const char *path; /* borrowed */
  yata_buf bytes;   /* the caller's to deinit, on error too */
  int version;
};

/** For those that return what the library said, too: this has been complained of. */
#define FILE_SAID (-100)

int file_read(const char *path, yata_buf *out);
int file_write(const char *path, const uint8_t *data, size_t len);
/** Read an update and verify it. `version` 0: find out which it is in. */
int file_read_update(const char *path, int version, struct update *out);
/** Append the update in a version. */
int file_convert(const struct update *update, int version, yata_buf *out);
/** Merge an update into a document. */
int file_apply(yata_doc *doc, const struct update *update);
/** Read an update into a new document with these options; NULL: the defaults. */
int file_load(const char *path, int version, const yata_options *options, yata_doc **out);

/** Say what the library said of something. The exit status: 1. */
int file_complain(const char *what, int err);

#endif
