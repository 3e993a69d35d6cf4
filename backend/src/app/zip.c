/* SPDX-License-Identifier: MIT */
#include "app/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

struct zip_out {
  zip_t *archive;
  char path[];
};

static int fail(struct buf *error, const char *doing, const char *path, const char *why) {
  (void)!buf_printf(error, "cannot %s %s: %s\n", doing, path, why);
  return ERR_IO;
}

int zip_out_create(const char *path, struct zip_out **out, struct buf *error) {
  struct zip_out *z = malloc(sizeof *z + strlen(path) + 1);
  if (!z) return ERR_NOMEM;
  strcpy(z->path, path);
  int code = 0;
  z->archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (!z->archive) {
    zip_error_t why;
    zip_error_init_with_code(&why, code);
    int err = fail(error, "write", path, zip_error_strerror(&why));
    zip_error_fini(&why);
    free(z);
    return err;
  }
  *out = z;
  return 0;
}

static int add(struct zip_out *z, const char *name, zip_source_t *source, struct buf *error) {
  if (source && zip_file_add(z->archive, name, source, ZIP_FL_ENC_UTF_8) >= 0) return 0;
  zip_source_free(source);
  return fail(error, "write", z->path, zip_strerror(z->archive));
}

int zip_out_add(struct zip_out *z, const char *name, const void *data, size_t len, struct buf *error) {
  void *copy = malloc(len ? len : 1);
  if (!copy) return ERR_NOMEM;
  if (len) memcpy(copy, data, len);
  zip_source_t *source = zip_source_buffer(z->archive, copy, len, 1);
  if (!source) free(copy);
  return add(z, name, source, error);
}

int zip_out_add_file(struct zip_out *z, const char *name, const char *path, struct buf *error) {
  return add(z, name, zip_source_file(z->archive, path, 0, -1), error);
}

int zip_out_finish(struct zip_out *z, struct buf *error) {
  int err = zip_close(z->archive) == 0 ? 0 : fail(error, "write", z->path, zip_strerror(z->archive));
  if (err)
    zip_out_discard(z);
  else
    free(z);
  return err;
}

void zip_out_discard(struct zip_out *z) {
  if (!z) return;
  zip_discard(z->archive);
  free(z);
}

static int copy_member(zip_file_t *member, int fd, uint64_t max) {
  uint8_t bytes[1 << 16];
  uint64_t total = 0;
  zip_int64_t n;
  while ((n = zip_fread(member, bytes, sizeof bytes)) > 0) {
    total += (uint64_t)n;
    if (total > max) return ERR_TOO_LARGE;
    for (zip_int64_t done = 0; done < n;) {
      ssize_t wrote = write(fd, bytes + done, (size_t)(n - done));
      if (wrote < 0 && errno != EINTR) return ERR_IO;
      if (wrote > 0) done += wrote;
    }
  }
  return n < 0 ? ERR_CORRUPT : 0;
}

static int extract(zip_t *archive, const char *path, const char *name, const char *to, uint64_t max,
                   struct buf *error) {
  zip_file_t *member = zip_fopen(archive, name, 0);
  if (!member) {
    (void)!buf_printf(error, "%s has no member %s: is it a file that yoke room export made?\n", path, name);
    return ERR_NOT_FOUND;
  }
  int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  int err = fd >= 0 ? copy_member(member, fd, max) : ERR_IO;
  if (err == ERR_CORRUPT) {
    (void)!buf_printf(error, "%s is damaged: %s cannot be read from it\n", path, name);
  } else if (err == ERR_TOO_LARGE) {
    (void)!buf_printf(error, "%s: %s is larger than %llu bytes\n", path, name, (unsigned long long)max);
  } else if (err) {
    err = fail(error, "write", to, strerror(errno));
  }
  if (fd >= 0) close(fd);
  zip_fclose(member);
  return err;
}

int zip_extract(const char *path, const char *name, const char *to, uint64_t max, struct buf *error) {
  int code = 0;
  zip_t *archive = zip_open(path, ZIP_RDONLY, &code);
  if (!archive) {
    zip_error_t why;
    zip_error_init_with_code(&why, code);
    int err = fail(error, "read", path, zip_error_strerror(&why));
    zip_error_fini(&why);
    return code == ZIP_ER_NOENT ? ERR_NOT_FOUND : err;
  }
  int err = extract(archive, path, name, to, max, error);
  zip_discard(archive);
  return err;
}
