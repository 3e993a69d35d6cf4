/* SPDX-License-Identifier: MIT */
#include "store/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int fail(struct buf *error, int err, const char *what, const char *path) {
  int saved = errno;
  (void)!buf_printf(error, "cannot %s %s: %s", what, path, strerror(saved));
  return err;
}

/** "process 12 on host x" of the holder, from the file. */
static void describe_holder(int fd, char *out, size_t cap) {
  char text[HOST_NAME_MAX + 64];
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  text[n > 0 ? n : 0] = '\0';
  long pid = 0;
  char host[HOST_NAME_MAX + 1] = "";
  if (sscanf(text, "%ld %64s", &pid, host) == 2)
    snprintf(out, cap, "process %ld on host %s", pid, host);
  else
    snprintf(out, cap, "another process");
}

int lockfile_take(const char *path, int *out_fd, struct buf *error) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fail(error, ERR_IO, "open", path);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    int err = errno == EWOULDBLOCK ? ERR_BUSY : fail(error, ERR_IO, "lock", path);
    char holder[HOST_NAME_MAX + 64];
    describe_holder(fd, holder, sizeof holder);
    if (err == ERR_BUSY)
      (void)!buf_printf(error, "%s is locked: %s uses this data directory; stop it, or choose another with --data-dir",
                        path, holder);
    close(fd);
    return err;
  }
  char host[HOST_NAME_MAX + 1] = "";
  if (gethostname(host, sizeof host - 1) != 0 || !host[0]) snprintf(host, sizeof host, "localhost");
  char text[HOST_NAME_MAX + 64];
  int len = snprintf(text, sizeof text, "%ld %s\n", (long)getpid(), host);
  if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) {
    int err = fail(error, ERR_IO, "write", path);
    close(fd);
    return err;
  }
  *out_fd = fd;
  return 0;
}

void lockfile_release(int fd) {
  if (fd >= 0) close(fd);
}
