/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_all(FILE *f, yata_buf *out) {
  for (;;) {
    if (out->cap - out->len < 65536) {
      size_t cap = out->cap * 2 + 65536;
      uint8_t *data = realloc(out->data, cap);
      if (data == NULL) return -1;
      out->data = data;
      out->cap = cap;
    }
    size_t n = fread(out->data + out->len, 1, out->cap - out->len, f);
    out->len += n;
    if (n == 0) return ferror(f) ? -1 : 0;
  }
}

int file_read(const char *path, yata_buf *out) {
  FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
  int err = f != NULL ? read_all(f, out) : -1;
  if (err < 0) fprintf(stderr, "yata: %s: %s\n", path, strerror(errno));
  if (f != NULL && f != stdin) fclose(f);
  return err;
}

int file_write(const char *path, const uint8_t *data, size_t len) {
  bool standard = strcmp(path, "-") == 0;
  FILE *f = standard ? stdout : fopen(path, "wb");
  bool ok = f != NULL && (len == 0 || fwrite(data, 1, len, f) == len) && fflush(f) == 0;
  if (f != NULL && !standard) ok = fclose(f) == 0 && ok;
  if (!ok) fprintf(stderr, "yata: %s: %s\n", path, strerror(errno));
  return ok ? 0 : -1;
}

int file_read_update(const char *path, yata_buf *out) {
  size_t offset = 0;
  if (file_read(path, out) < 0) return -1;
  const char *expected = yata_update_explain(out->data, out->len, &offset);
  if (expected == NULL) return 0;
  fprintf(stderr,
          "yata: %s: offset %zu of %zu: expected %s\n"
          "yata: only update encoding version 1 is read, version 2 is not\n",
          path, offset, out->len, expected);
  return -1;
}

int file_load(const char *path, yata_doc **out) {
  yata_buf update = YATA_BUF_INIT;
  yata_doc *doc = NULL;
  int err = file_read_update(path, &update);
  if (err == 0) {
    err = yata_doc_create(NULL, &doc);
    if (err == 0) err = yata_apply_update(doc, update.data, update.len, NULL);
    if (err < 0) fprintf(stderr, "yata: %s: %s\n", path, yata_strerror(err));
  }
  yata_buf_deinit(&update);
  if (err < 0) {
    yata_doc_destroy(doc);
    return -1;
  }
  *out = doc;
  return 0;
}
