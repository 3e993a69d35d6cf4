/* SPDX-License-Identifier: MIT */
#include "failing_vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int failing_mode;
static sqlite3_vfs *real;

struct shim_file {
  sqlite3_file base; /* first */
  sqlite3_file *below;
};

static sqlite3_file *below(sqlite3_file *f) {
  return ((struct shim_file *)f)->below;
}

#define PASS(name, params, ...)                                                                                        \
  static int shim_##name params {                                                                                      \
    sqlite3_file *b = below(f);                                                                                        \
    return b->pMethods->x##name(b __VA_OPT__(, ) __VA_ARGS__);                                                         \
  }

PASS(Read, (sqlite3_file * f, void *p, int n, sqlite3_int64 at), p, n, at)
PASS(Truncate, (sqlite3_file * f, sqlite3_int64 n), n)
PASS(FileSize, (sqlite3_file * f, sqlite3_int64 *n), n)
PASS(Lock, (sqlite3_file * f, int how), how)
PASS(Unlock, (sqlite3_file * f, int how), how)
PASS(CheckReservedLock, (sqlite3_file * f, int *out), out)
PASS(FileControl, (sqlite3_file * f, int op, void *arg), op, arg)
PASS(SectorSize, (sqlite3_file * f))
PASS(DeviceCharacteristics, (sqlite3_file * f))
PASS(ShmMap, (sqlite3_file * f, int page, int size, int extend, void volatile **out), page, size, extend, out)
PASS(ShmLock, (sqlite3_file * f, int at, int n, int flags), at, n, flags)
PASS(ShmUnmap, (sqlite3_file * f, int remove), remove)

static void shim_ShmBarrier(sqlite3_file *f) {
  below(f)->pMethods->xShmBarrier(below(f));
}

static int shim_Write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at) {
  if (atomic_load(&failing_mode) == FAILING_VFS_FULL) return SQLITE_FULL;
  return below(f)->pMethods->xWrite(below(f), p, n, at);
}

static int shim_Sync(sqlite3_file *f, int flags) {
  if (atomic_load(&failing_mode) == FAILING_VFS_SYNC) return SQLITE_IOERR_FSYNC;
  return below(f)->pMethods->xSync(below(f), flags);
}

static int shim_Close(sqlite3_file *f) {
  return below(f)->pMethods->xClose(below(f));
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = shim_Close,
    .xRead = shim_Read,
    .xWrite = shim_Write,
    .xTruncate = shim_Truncate,
    .xSync = shim_Sync,
    .xFileSize = shim_FileSize,
    .xLock = shim_Lock,
    .xUnlock = shim_Unlock,
    .xCheckReservedLock = shim_CheckReservedLock,
    .xFileControl = shim_FileControl,
    .xSectorSize = shim_SectorSize,
    .xDeviceCharacteristics = shim_DeviceCharacteristics,
    .xShmMap = shim_ShmMap,
    .xShmLock = shim_ShmLock,
    .xShmBarrier = shim_ShmBarrier,
    .xShmUnmap = shim_ShmUnmap,
};

static int shim_Open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags) {
  (void)vfs;
  struct shim_file *shim = (struct shim_file *)f;
  shim->below = (sqlite3_file *)(shim + 1);
  int rc = real->xOpen(real, name, shim->below, flags, out_flags);
  shim->base.pMethods = shim->below->pMethods ? &methods : NULL;
  return rc;
}

void failing_vfs_install(void) {
  static sqlite3_vfs shim;
  if (real) return; /* once a process */
  real = sqlite3_vfs_find(NULL);
  shim = *real;
  shim.zName = "failing";
  shim.pNext = NULL;
  shim.szOsFile = real->szOsFile + (int)sizeof(struct shim_file);
  shim.xOpen = shim_Open;
  sqlite3_vfs_register(&shim, 1);
}

void failing_vfs_set(enum failing_vfs_mode mode) {
  atomic_store(&failing_mode, mode);
}
