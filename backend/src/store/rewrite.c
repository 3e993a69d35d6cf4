/* SPDX-License-Identifier: MIT */
#include "store/rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int copy_onto_itself(int fd) {
  char bytes[16384];
  off_t at = 0;
  for (;;) {
    ssize_t n = pread(fd, bytes, sizeof bytes, at);
    if (n == 0) return fsync(fd) == 0 ? 0 : ERR_IO;
    if (n < 0 || pwrite(fd, bytes, (size_t)n, at) != n) return ERR_IO;
    at += n;
  }
}

int rewrite_file(const char *path) {
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? 0 : ERR_IO;
  int err = copy_onto_itself(fd);
  int saved = errno;
  close(fd);
  errno = saved;
  return err;
}
