/* SPDX-License-Identifier: MIT */
#include "store/restoring.h"

#include <stdbool.h>
#include <unistd.h>

#include "base/log.h"

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
