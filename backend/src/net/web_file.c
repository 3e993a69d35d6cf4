/* SPDX-License-Identifier: MIT */
#include "net/web_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES (64u << 20)

static int compare(const void *key, const void *asset) {
  return strcmp(key, ((const struct asset *)asset)->path);
}

const struct asset *web_asset_find(const struct asset *assets, size_t count, const char *path) {
  return count ? bsearch(path, assets, count, sizeof(*assets), compare) : NULL;
}

const char *web_type_of(const char *path) {
  static const char *const types[][2] = {{".html", "text/html; charset=utf-8"},
                                         {".js", "text/javascript; charset=utf-8"},
                                         {".mjs", "text/javascript; charset=utf-8"},
                                         {".css", "text/css; charset=utf-8"},
                                         {".json", "application/json"},
                                         {".map", "application/json"},
                                         {".svg", "image/svg+xml"},
                                         {".png", "image/png"},
                                         {".ico", "image/x-icon"},
                                         {".ttf", "font/ttf"},
                                         {".woff", "font/woff"},
                                         {".woff2", "font/woff2"},
                                         {".webmanifest", "application/manifest+json"},
                                         {".wasm", "application/wasm"},
                                         {".txt", "text/plain; charset=utf-8"}};
  const char *dot = strrchr(path, '.');
  for (size_t i = 0; dot && i < sizeof(types) / sizeof(types[0]); i++) {
    if (strcmp(dot, types[i][0]) == 0) return types[i][1];
  }
  return "application/octet-stream";
}

bool web_is_hashed(const char *path) {
  return strncmp(path, "/assets/", 8) == 0 && strchr(path, '-');
}

static int open_inside(const char *dir, const char *path, int *out) {
  char root[PATH_MAX];
  char full[PATH_MAX];
  char real[PATH_MAX];
  if (!realpath(dir, root)) return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
  if (snprintf(full, sizeof(full), "%s%s", root, path) >= (int)sizeof(full)) return ERR_NOT_FOUND;
  if (!realpath(full, real)) return ERR_NOT_FOUND;
  size_t len = strlen(root);
  if (strncmp(real, root, len) != 0 || real[len] != '/') return ERR_NOT_FOUND;
  *out = open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  return *out < 0 ? ERR_NOT_FOUND : 0;
}

static int read_all(int fd, struct buf *out) {
  struct stat info;
  if (fstat(fd, &info) < 0) return ERR_IO;
  if (!S_ISREG(info.st_mode)) return ERR_NOT_FOUND;
  if (info.st_size > (off_t)FILE_MAX_BYTES) return ERR_TOO_LARGE;
  size_t size = (size_t)info.st_size;
  int err = size ? buf_reserve(out, size) : 0;
  while (!err && size) {
    ssize_t n = read(fd, out->data + out->len, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ERR_IO;
    if (n == 0) break;
    out->len += (size_t)n;
    size -= (size_t)n;
  }
  return err;
}

int web_file_read(const char *dir, const char *path, struct buf *out) {
  int fd = -1;
  int err = open_inside(dir, path, &fd);
  if (err) return err;
  err = read_all(fd, out);
  close(fd);
  return err;
}
