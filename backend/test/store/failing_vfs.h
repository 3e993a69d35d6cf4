/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_STORE_FAILING_VFS_H
#define YOKE_TEST_STORE_FAILING_VFS_H

/*
 * A layer between SQLite and the file system that fails on demand, like a disk
 * that is full or broken. It becomes SQLite's default; safe to switch from
 * another thread.
 */
enum failing_vfs_mode {
  FAILING_VFS_OFF,
  FAILING_VFS_SYNC, /* every fsync returns an error, the bytes having been written */
  FAILING_VFS_FULL, /* every write says that the disk is full */
};

void failing_vfs_install(void);
void failing_vfs_set(enum failing_vfs_mode mode);

#endif
