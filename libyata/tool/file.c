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

int file_complain(const char *what, int err) {
  fprintf(stderr, "yata: %s: %s\n", what, yata_strerror(err));
  return 1;
}

static const char *explain(const yata_buf *b, int version, size_t *offset) {
  return version == 1 ? yata_update_explain(b->data, b->len, offset) : yata_update_explain_v2(b->data, b->len, offset);
}

/* Say why it is not an update in that version, or, with 0, in either. */
static void explain_to_user(const char *path, const yata_buf *b, int version) {
  if (b->len == 0) {
    fprintf(stderr, "yata: %s: offset 0 of 0: expected an update; there is nothing\n", path);
    return;
  }
  for (int v = version != 0 ? version : 1; v <= (version != 0 ? version : 2); v++) {
    size_t offset = 0;
    const char *expected = explain(b, v, &offset);
    bool other = version != 0 && explain(b, 3 - v, NULL) == NULL;
    fprintf(stderr, "yata: %s: as version %d: offset %zu of %zu: expected %s%s\n", path, v, offset, b->len, expected,
            !other   ? ""
            : v == 1 ? "; it is in version 2"
                     : "; it is in version 1");
  }
}

int file_read_update(const char *path, int version, struct update *out) {
  *out = (struct update){.path = path, .version = version};
  if (file_read(path, &out->bytes) < 0) return -1;
  if (version == 0) out->version = yata_update_detect(out->bytes.data, out->bytes.len);
  if (out->version != 0 && explain(&out->bytes, out->version, NULL) == NULL) return 0;
  explain_to_user(path, &out->bytes, version);
  return -1;
}

int file_convert(const struct update *u, int version, yata_buf *out) {
  const yata_slice whole = {u->bytes.data, u->bytes.len};
  int err;
  if (u->version == version) /* one alone is copied */
    err = (version == 1 ? yata_merge_updates : yata_merge_updates_v2)(&whole, 1, out);
  else
    err = (version == 1 ? yata_update_v2_to_v1 : yata_update_v1_to_v2)(whole.data, whole.len, out);
  return err < 0 ? -file_complain(u->path, err) : 0;
}

int file_apply(yata_doc *doc, const struct update *u) {
  yata_applied a;
  int err = (u->version == 1 ? yata_apply_update : yata_apply_update_v2)(doc, u->bytes.data, u->bytes.len, &a);
  return err < 0 ? -file_complain(u->path, err) : 0;
}

int file_load(const char *path, int version, const yata_options *options, yata_doc **out) {
  struct update update;
  yata_doc *doc = NULL;
  int err = file_read_update(path, version, &update);
  if (err == 0) {
    err = yata_doc_create(options, &doc);
    if (err < 0) file_complain(path, err);
  }
  if (err == 0) err = file_apply(doc, &update);
  yata_buf_deinit(&update.bytes);
  if (err < 0) {
    yata_doc_destroy(doc);
    return -1;
  }
  *out = doc;
  return 0;
}
