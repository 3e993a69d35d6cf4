/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS /* open and open64 are two functions here */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model.h"

const char *const disk_call_names[DISK_CALLS] = {"create", "mkdir", "write", "truncate", "sync", "delete", "lock"};

const char *const disk_fate_names[FATES] = {
    "write kept",       "write dropped",   "write torn between sectors", "write torn in a sector",
    "writes reordered", "truncation kept", "truncation dropped",         "new name kept",
    "new name dropped", "deletion kept",   "deletion dropped",
};

enum { FDS = 1024 };

static struct {
  pthread_mutex_t mutex;
  char root[256];
  size_t root_len; /* 0: not started */
  struct node *open[FDS];
  uint64_t changes, cut_at, failed, seen;
  bool cut;
  enum disk_end end;
  enum disk_call cut_call;
  char cut_name[NAME_SIZE];
  struct disk_failure failure;
} disk = {.mutex = PTHREAD_MUTEX_INITIALIZER};

uint64_t disk_random(uint64_t *state) {
  uint64_t x = *state ? *state : 88172645463325252u;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return x * 2685821657736338717u;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
  (void)st, (void)type;
  if (at->level > 0 && syscall(SYS_unlinkat, AT_FDCWD, path, 0) != 0 &&
      syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR) != 0)
    return -1;
  return 0;
}

static void empty_folder(const char *path) {
  nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* What the test says ------------------------------------------------------- */

void disk_start(const char *root) {
  pthread_mutex_lock(&disk.mutex);
  disk.root_len = (size_t)snprintf(disk.root, sizeof disk.root, "%s/", root);
  memset(disk.open, 0, sizeof disk.open);
  disk.changes = disk.cut_at = disk.failed = disk.seen = 0;
  disk.cut = false;
  disk.failure = (struct disk_failure){0};
  model_root();
  pthread_mutex_unlock(&disk.mutex);
}

void disk_stop(void) {
  pthread_mutex_lock(&disk.mutex);
  disk.root[disk.root_len - 1] = '\0';
  empty_folder(disk.root);
  disk.root_len = 0;
  model_free();
  pthread_mutex_unlock(&disk.mutex);
}

void disk_end_at(uint64_t nth, enum disk_end end) {
  pthread_mutex_lock(&disk.mutex);
  disk.cut_at = nth ? disk.changes + nth : 0;
  disk.end = end;
  pthread_mutex_unlock(&disk.mutex);
}

void disk_next_process(void) {
  pthread_mutex_lock(&disk.mutex);
  disk.cut = false;
  disk.cut_at = 0;
  pthread_mutex_unlock(&disk.mutex);
}

bool disk_ended(enum disk_call *call, const char **name) {
  pthread_mutex_lock(&disk.mutex);
  bool cut = disk.cut;
  if (cut && call) *call = disk.cut_call;
  if (cut && name) *name = disk.cut_name;
  pthread_mutex_unlock(&disk.mutex);
  return cut;
}

uint64_t disk_changes(void) {
  pthread_mutex_lock(&disk.mutex);
  uint64_t changes = disk.changes;
  pthread_mutex_unlock(&disk.mutex);
  return changes;
}

void disk_power_on(uint64_t seed, uint64_t fates[FATES]) {
  pthread_mutex_lock(&disk.mutex);
  char root[sizeof disk.root];
  snprintf(root, sizeof root, "%.*s", (int)disk.root_len - 1, disk.root);
  empty_folder(root);
  model_lose(root, &seed, fates);
  disk.cut = false;
  disk.cut_at = 0;
  pthread_mutex_unlock(&disk.mutex);
}

void disk_fail(const struct disk_failure *failure) {
  pthread_mutex_lock(&disk.mutex);
  disk.failure = failure ? *failure : (struct disk_failure){0};
  disk.seen = 0;
  pthread_mutex_unlock(&disk.mutex);
}

uint64_t disk_failed(void) {
  pthread_mutex_lock(&disk.mutex);
  uint64_t failed = disk.failed;
  pthread_mutex_unlock(&disk.mutex);
  return failed;
}

uint64_t disk_seen(void) {
  pthread_mutex_lock(&disk.mutex);
  uint64_t seen = disk.seen;
  pthread_mutex_unlock(&disk.mutex);
  return seen;
}

/* What stands between a call and the disk; all with the mutex held --------- */

/** The part of a path below the root; NULL: not on this disk. */
static const char *on_disk(const char *path) {
  if (!disk.root_len || strncmp(path, disk.root, disk.root_len) != 0) return NULL;
  const char *below = path + disk.root_len;
  size_t len = strlen(below);
  return len >= 4 && strcmp(below + len - 4, "-shm") == 0 ? NULL : below;
}

static struct node *node_of(int fd) {
  return disk.root_len && fd >= 0 && fd < FDS ? disk.open[fd] : NULL;
}

/** An error that was asked for, as errno; 0: none. */
static int failure_of(enum disk_call call) {
  struct disk_failure *f = &disk.failure;
  if (!f->nth || !(f->calls & 1u << call)) return 0;
  disk.seen++;
  if (disk.seen != f->nth && !(f->for_good && disk.seen > f->nth)) return 0;
  disk.failed++;
  return f->error;
}

/**
 * May this change be made? 0, or errno. When it is the one at which the power
 * fails it gets EIO, but may have begun: *begun.
 */
static int admit(enum disk_call call, const char *name, bool *begun) {
  *begun = false;
  if (disk.cut) return EIO;
  int error = failure_of(call);
  if (error) return error;
  disk.changes++;
  if (disk.changes != disk.cut_at) return 0;
  disk.cut = true;
  *begun = disk.end == DISK_POWER_FAILS;
  disk.cut_call = call;
  snprintf(disk.cut_name, sizeof disk.cut_name, "%s", name);
  return EIO;
}

static int fail(int error) {
  errno = error;
  return -1;
}

static const char *last_part(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* libc's calls ------------------------------------------------------------- */

static int open_on_disk(const char *path, const char *below, int flags, mode_t mode) {
  struct node *node = model_find(below);
  bool created = !node && flags & O_CREAT, begun;
  if (created) {
    int error = admit(DISK_CREATE, last_part(path), &begun);
    if (error) return fail(error);
  }
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (fd < 0) return fd;
  if (created) node = model_create(below, false);
  if (fd < FDS) disk.open[fd] = node;
  return fd;
}

static int open_any(const char *path, int flags, mode_t mode) {
  pthread_mutex_lock(&disk.mutex);
  bool is_root = disk.root_len && strlen(path) == disk.root_len - 1 && strncmp(path, disk.root, strlen(path)) == 0;
  const char *below = is_root ? "" : on_disk(path);
  int fd = below ? open_on_disk(path, below, flags, mode) : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  pthread_mutex_unlock(&disk.mutex);
  return fd;
}

static mode_t mode_in(int flags, va_list args) {
  return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(args, unsigned) : 0;
}

int open(const char *path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  mode_t mode = mode_in(flags, args);
  va_end(args);
  return open_any(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  mode_t mode = mode_in(flags, args);
  va_end(args);
  return open_any(path, flags, mode);
}

int close(int fd) {
  pthread_mutex_lock(&disk.mutex);
  if (node_of(fd)) disk.open[fd] = NULL;
  pthread_mutex_unlock(&disk.mutex);
  return (int)syscall(SYS_close, fd);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at) {
  pthread_mutex_lock(&disk.mutex);
  struct node *node = node_of(fd);
  bool begun = false;
  int error = node ? admit(DISK_WRITE, model_name(node), &begun) : 0;
  if (node && (!error || begun)) model_write(node, (uint64_t)at, data, len);
  ssize_t n = error ? fail(error) : syscall(SYS_pwrite64, fd, data, len, at);
  pthread_mutex_unlock(&disk.mutex);
  return n;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at) {
  return pwrite64(fd, data, len, at);
}

int ftruncate64(int fd, off64_t len) {
  pthread_mutex_lock(&disk.mutex);
  struct node *node = node_of(fd);
  bool begun = false;
  int error = node ? admit(DISK_TRUNCATE, model_name(node), &begun) : 0;
  if (node && (!error || begun)) model_truncate(node, (uint64_t)len);
  int result = error ? fail(error) : (int)syscall(SYS_ftruncate, fd, len);
  pthread_mutex_unlock(&disk.mutex);
  return result;
}

int ftruncate(int fd, off_t len) {
  return ftruncate64(fd, len);
}

static int sync_any(int fd) {
  pthread_mutex_lock(&disk.mutex);
  struct node *node = node_of(fd);
  bool begun = false;
  int error = node ? admit(DISK_SYNC, model_name(node), &begun) : 0;
  if (node && !error) model_sync(node);
  if (node && error && !disk.cut) model_forget(node);
  int result = error ? fail(error) : node ? 0 : (int)syscall(SYS_fsync, fd);
  pthread_mutex_unlock(&disk.mutex);
  return result;
}

int fsync(int fd) {
  return sync_any(fd);
}

int fdatasync(int fd) {
  return sync_any(fd);
}

int unlink(const char *path) {
  pthread_mutex_lock(&disk.mutex);
  const char *below = on_disk(path);
  bool begun = false;
  int error = below && model_find(below) ? admit(DISK_DELETE, last_part(path), &begun) : 0;
  if (below && !error) model_delete(below);
  int result = error ? fail(error) : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  pthread_mutex_unlock(&disk.mutex);
  return result;
}

int mkdir(const char *path, mode_t mode) {
  pthread_mutex_lock(&disk.mutex);
  const char *below = on_disk(path);
  bool begun = false;
  int error = below && !model_find(below) ? admit(DISK_MKDIR, last_part(path), &begun) : 0;
  int result = error ? fail(error) : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  if (below && !error && result == 0) model_create(below, true);
  pthread_mutex_unlock(&disk.mutex);
  return result;
}

static int lock_any(int fd, int command, void *argument) {
  bool locks = command == F_SETLK || command == F_SETLKW;
  pthread_mutex_lock(&disk.mutex);
  int error = locks && node_of(fd) && !disk.cut ? failure_of(DISK_LOCK) : 0;
  pthread_mutex_unlock(&disk.mutex);
  return error ? fail(error) : (int)syscall(SYS_fcntl, fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
  va_list args;
  va_start(args, command);
  void *argument = va_arg(args, void *);
  va_end(args);
  return lock_any(fd, command, argument);
}

int fcntl(int fd, int command, ...) {
  va_list args;
  va_start(args, command);
  void *argument = va_arg(args, void *);
  va_end(args);
  return lock_any(fd, command, argument);
}
