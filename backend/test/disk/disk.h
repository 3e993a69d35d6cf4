/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_DISK_DISK_H
#define YOKE_TEST_DISK_DISK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A disk below one folder that fails like real ones do. It takes the place of
 * libc's open, write, fsync and so on, for the program that it is linked to and
 * for the libraries which that uses (SQLite), and knows at any time what has
 * been written and what of it is safe. That goes by POSIX: fsync of a file
 * makes its bytes safe, fsync of a folder the names in it, nothing else does.
 *
 * SQLite's index of its log ("-shm") is left alone: it is rebuilt after a crash.
 * Safe to use while other threads write.
 */

enum disk_call { DISK_CREATE, DISK_MKDIR, DISK_WRITE, DISK_TRUNCATE, DISK_SYNC, DISK_DELETE, DISK_LOCK, DISK_CALLS };

extern const char *const disk_call_names[DISK_CALLS];

/** What became of something that was not safe when the power failed. */
enum disk_fate {
  FATE_WRITE_KEPT,
  FATE_WRITE_DROPPED,
  FATE_WRITE_TORN_BETWEEN_SECTORS, /* some of its sectors of 512 bytes */
  FATE_WRITE_TORN_IN_A_SECTOR,     /* some of its first or last bytes */
  FATE_WRITES_REORDERED,           /* a file's writes came to the disk in another order */
  FATE_TRUNCATION_KEPT,
  FATE_TRUNCATION_DROPPED,
  FATE_NEW_NAME_KEPT,
  FATE_NEW_NAME_DROPPED,
  FATE_DELETION_KEPT,
  FATE_DELETION_DROPPED,
  FATES,
};

extern const char *const disk_fate_names[FATES];

/** From now on @root, an existing empty folder, is on this disk. */
void disk_start(const char *root);
void disk_stop(void); /* and the folder is empty */

/* ---- power ---- */

enum disk_end { DISK_POWER_FAILS, DISK_PROCESS_ENDS };

/** It ends at the @nth change from now (1: the next); that one and all later ones fail with EIO. 0: it does not. */
void disk_end_at(uint64_t nth, enum disk_end end);
/** Is it over? @call and @name (of the file, borrowed): at which change. Both may be NULL. */
bool disk_ended(enum disk_call *call, const char **name);
uint64_t disk_changes(void); /* since disk_start(); what failed is not counted */

/**
 * The power is back: the folder holds what was safe, and of everything else
 * what @seed picks. Every file must be closed. @fates counts.
 */
void disk_power_on(uint64_t seed, uint64_t fates[FATES]);
/** Another process starts: it finds all that was written, though it may not be safe yet. */
void disk_next_process(void);

/* ---- errors ---- */

struct disk_failure {
  unsigned calls; /* bits 1 << DISK_...: which */
  uint64_t nth;   /* of these from now, 1: the next; 0: none */
  int error;      /* errno */
  bool for_good;  /* and all that follow */
};

void disk_fail(const struct disk_failure *failure); /* NULL: no failures any more */
uint64_t disk_failed(void);                         /* calls that disk_fail() made fail, since disk_start() */
uint64_t disk_seen(void);                           /* calls that it looked at, since it was called */

/* Numbers that follow from a seed: xorshift64*. */
uint64_t disk_random(uint64_t *state);

#endif
