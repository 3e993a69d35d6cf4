/* SPDX-License-Identifier: MIT */
/*
 * Ends the process by SIGKILL before its n-th step, n being KILLED_BEFORE. A
 * step is a call that changes what other processes can see: a write to a file
 * or socket, a file made, linked, renamed or removed. Without a number it goes
 * through, and tells at the end how many steps there were. The definitions here
 * come before those of libc, for SQLite and libpq as well.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long steps;

static void step(void) {
  const char *before = getenv("KILLED_BEFORE");
  long number = atomic_fetch_add(&steps, 1) + 1;
  if (before && number == atol(before)) kill(getpid(), SIGKILL);
}

__attribute__((destructor)) static void tell(void) {
  fprintf(stderr, "steps: %ld\n", atomic_load(&steps));
}

ssize_t write(int fd, const void *data, size_t len) {
  if (fd > STDERR_FILENO) step();
  return syscall(SYS_write, fd, data, len);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t at) {
  step();
  return syscall(SYS_pwrite64, fd, data, len, at);
}

ssize_t send(int fd, const void *data, size_t len, int flags) {
  step();
  return syscall(SYS_sendto, fd, data, len, flags, NULL, 0);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = flags & O_CREAT ? va_arg(rest, int) : 0;
  va_end(rest);
  if (flags & O_CREAT) step();
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int ftruncate64(int fd, off_t len) {
  step();
  return (int)syscall(SYS_ftruncate, fd, len);
}

int link(const char *from, const char *to) {
  step();
  return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int rename(const char *from, const char *to) {
  step();
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path) {
  step();
  return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
