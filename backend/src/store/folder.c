/* SPDX-License-Identifier: MIT */
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(struct buf *error, const char *what, const char *path) {
  int saved = errno;
  (void)!buf_printf(error, "cannot %s %s: %s", what, path, strerror(saved));
  return ERR_IO;
}

static int sync_folder(const char *path, struct buf *error) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int err = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL) ? 0 : fail(error, "write to disk the directory", path);
  if (fd >= 0) close(fd);
  return err;
}

int folder_sync_name(const char *path, struct buf *error) {
  char *copy = strdup(path);
  if (!copy) return ERR_NOMEM;
  size_t len = strlen(copy);
  while (len > 1 && copy[len - 1] == '/') copy[--len] = '\0';
  char *slash = strrchr(copy, '/');
  if (slash) *slash = '\0';
  int err = sync_folder(!slash ? "." : copy[0] ? copy : "/", error);
  free(copy);
  return err;
}

static int make_one(const char *path, struct buf *error) {
  if (mkdir(path, 0700) == 0) return folder_sync_name(path, error);
  if (errno != EEXIST) return fail(error, "create the directory", path);
  /* Perhaps made by a process that was killed before it came to the fsync; if it is somebody else's, it lasts. */
  struct buf ignored = BUF_INIT;
  int err = folder_sync_name(path, &ignored);
  buf_deinit(&ignored);
  return err == ERR_NOMEM ? err : 0;
}

int folder_make(const char *path, struct buf *error) {
  char *copy = strdup(path);
  if (!copy) return ERR_NOMEM;
  int err = 0;
  for (char *at = copy + 1; !err; at++) {
    if (*at != '/' && *at != '\0') continue;
    char kept = *at;
    *at = '\0';
    err = make_one(copy, error);
    if (kept == '\0') break;
    *at = kept;
  }
  free(copy);
  struct stat st;
  if (!err && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))) {
    (void)!buf_printf(error, "%s is not a directory", path);
    err = ERR_IO;
  }
  return err;
}
