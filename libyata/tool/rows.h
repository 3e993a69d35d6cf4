/* SPDX-License-Identifier: MIT */
/* A file of many updates, each behind its length as a varUint. */
#ifndef YATA_TOOL_ROWS_H
#define YATA_TOOL_ROWS_H

#include "file.h"

/** A place in such a file. `version` 0: find it out by the first update; it is 1 or 2 from then on. */
struct rows {
  const struct update *file; /* borrowed */
  size_t at;                 /* where the update is that `rows_next` gave last */
  size_t next;
  int version;
};

/** From the beginning of the file. */
struct rows rows_of(const struct update *file);

/** The next update, borrowed from the file: 1; at the end 0; FILE_SAID when the file is cut off. */
int rows_next(struct rows *rows, yata_slice *update);

/** All of them: *out is the caller's to free. 0, YATA_ERR_NOMEM or FILE_SAID. */
int rows_all(const struct update *file, yata_slice **out, size_t *count, int *version);

/** Merge the update that was given last into a document; a failure has been complained of: FILE_SAID. */
int rows_apply(const struct rows *rows, yata_slice update, yata_doc *doc);

#endif
