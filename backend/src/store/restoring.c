/* SPDX-License-Identifier: MIT */
#include "store/restoring.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define KEPT_MARK ".replaced-"

int restoring_name(const char *path, struct buf *out) {
  return buf_printf(out, "%s.restoring%c", path, 0);
}

int restoring_check(const char *path, struct buf *error) {
  struct buf fresh = BUF_INIT;
  int err = restoring_name(path, &fresh);
  const char *name = (const char *)fresh.data;
  bool left = !err && access(name, F_OK) == 0;
  bool there = left && access(path, F_OK) == 0;
  if (left && there)
    log_warn(LOG_NONE, "%s is left of a restore that was cut short: the rooms are those from before it", name);
  if (left && !there) {
    (void)!buf_printf(error,
                      "%s was not restored to the end: run yoke restore again, or remove %s to begin with no rooms",
                      path, name);
    err = ERR_INVALID;
  }
  buf_deinit(&fresh);
  return err;
}

int restoring_kept_name(const char *path, uint64_t unix_ms, struct buf *out) {
  return buf_printf(out, "%s" KEPT_MARK "%" PRIu64 "%c", path, unix_ms, 0);
}

static bool is_kept(const char *name, const char *base) {
  size_t len = strlen(base), mark = strlen(KEPT_MARK);
  if (strncmp(name, base, len) != 0 || strncmp(name + len, KEPT_MARK, mark) != 0) return false;
  const char *number = name + len + mark;
  return *number && number[strspn(number, "0123456789")] == '\0'; /* not its log */
}

void restoring_each_kept(const char *path, void (*fn)(void *ctx, const char *kept), void *ctx) {
  const char *slash = strrchr(path, '/');
  int folder_len = slash ? (int)(slash - path) : 1;
  const char *base = slash ? slash + 1 : path;
  struct buf folder = BUF_INIT, kept = BUF_INIT;
  DIR *dir = buf_printf(&folder, "%.*s%c", folder_len, slash ? path : ".", 0) ? NULL : opendir((char *)folder.data);
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
    if (!is_kept(entry->d_name, base)) continue;
    buf_clear(&kept);
    if (!buf_printf(&kept, "%s/%s%c", (char *)folder.data, entry->d_name, 0)) fn(ctx, (const char *)kept.data);
  }
  if (dir) closedir(dir);
  buf_deinit(&kept);
  buf_deinit(&folder);
}

static void remove_if_same(void *ctx, const char *kept) {
  struct stat live, old;
  if (stat(ctx, &live) != 0 || lstat(kept, &old) != 0) return;
  if (live.st_dev != old.st_dev || live.st_ino != old.st_ino) return;
  if (unlink(kept) == 0) log_info(LOG_NONE, "removed %s, a second name of the database, left of a restore", kept);
}

void restoring_tidy(const char *path) {
  restoring_each_kept(path, remove_if_same, (void *)path);
}
