/* SPDX-License-Identifier: MIT */
/*
 * Loss of power, and ends of the process, at moments that a seed picks, on a
 * disk that keeps nothing but what it was told to make safe (disk.h). The real
 * SQLite store does the work of rooms (rooms.h), and after each end it must
 * still have all that it acknowledged. The same seed gives the same run.
 */
#include <fcntl.h>
#include <getopt.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "disk.h"
#include "life.h"

/* Linked with --wrap: SABOTAGE=ack-early puts a store that lies in its place (test/sabotage). */
int __real_sqlite_store_create(const struct sqlite_store_options *options, struct store **out, struct buf *error);
/* And this: to run with another setting of synchronous than the adapter asks for. */
int __real_sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **), void *ctx,
                        char **message);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **), void *ctx,
                        char **message);

/* Where an end came, besides what the disk counts. */
enum place { WHILE_OPENING, IN_THE_LOG, IN_THE_DATABASE, IN_A_SYNC, PLACES };

static const char *const place_names[PLACES] = {"while opening", "in a write of the log", "in a write of the database",
                                                "in a sync"};

static struct {
  const char *synchronous; /* NULL: as the adapter has it */
  unsigned checkpoint;     /* pages */
  char root[64], data[96];
  uint64_t fates[FATES], places[PLACES], power, kills;
  struct rooms_counts sum;
  bool unsafe;
} run;

int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **), void *ctx,
                        char **message) {
  int rc = __real_sqlite3_exec(db, sql, row, ctx, message);
  if (rc != SQLITE_OK || !strstr(sql, "synchronous")) return rc;
  char more[96];
  snprintf(more, sizeof more, "PRAGMA wal_autocheckpoint = %u; PRAGMA synchronous = %s", run.checkpoint,
           run.synchronous ? run.synchronous : "FULL");
  if (!run.synchronous) *strchr(more, ';') = '\0';
  return __real_sqlite3_exec(db, more, NULL, NULL, NULL);
}

static bool ended(void) {
  return disk_ended(NULL, NULL);
}

static bool never(void) {
  return false;
}

/* One life of the store ---------------------------------------------------- */

static bool begin(struct life *life, struct rooms *rooms) {
  struct buf error = BUF_INIT;
  int err = life_begin(life, run.data, getenv("SABOTAGE") ? sqlite_store_create : __real_sqlite_store_create, &error);
  if (err && !ended()) rooms_unreadable(rooms, (const char *)error.data);
  buf_deinit(&error);
  return !err;
}

static void finish_calls(struct life *life, const struct rooms *rooms) {
  if (life_settle(life, rooms, ended, 20000) || ended()) return;
  printf("Bail out! the store does not answer\n");
  fflush(stdout);
  abort();
}

/** Until the disk ends it, or for @bursts. */
static void live(struct rooms *rooms, unsigned bursts, bool *opened) {
  struct life life;
  *opened = begin(&life, rooms);
  if (*opened) {
    rooms_load(rooms, life.store);
    finish_calls(&life, rooms);
  }
  for (unsigned i = 0; i < bursts && *opened && !ended(); i++) {
    rooms_work(rooms, life.store);
    finish_calls(&life, rooms);
  }
  life_end(&life, rooms);
}

/* Seeds -------------------------------------------------------------------- */

static void count_place(bool opened) {
  enum disk_call call = DISK_CALLS;
  const char *name = "";
  if (!disk_ended(&call, &name)) return;
  bool log = strlen(name) > 4 && strcmp(name + strlen(name) - 4, "-wal") == 0;
  if (!opened)
    run.places[WHILE_OPENING]++;
  else if (call == DISK_SYNC)
    run.places[IN_A_SYNC]++;
  else if (call == DISK_WRITE)
    run.places[log ? IN_THE_LOG : IN_THE_DATABASE]++;
}

/** Often very soon, since opening takes few changes; sometimes not before the store is closed (0). */
static uint64_t pick_moment(uint64_t *random) {
  static const unsigned spans[] = {12, 60, 250, 600, 0};
  unsigned span = spans[disk_random(random) % 5];
  return span ? 1 + disk_random(random) % span : 0;
}

static void end_life(uint64_t *random, enum disk_end end) {
  if (end == DISK_POWER_FAILS)
    disk_power_on(disk_random(random), run.fates);
  else
    disk_next_process();
  ++*(end == DISK_POWER_FAILS ? &run.power : &run.kills);
}

static void one_seed(uint64_t seed) {
  static const unsigned checkpoints[] = {5, 40, 1000};
  uint64_t random = seed * 0x9e3779b97f4a7c15u + 1;
  struct rooms *rooms = rooms_create(disk_random(&random));
  rooms_expect_errors(rooms, ended);
  run.checkpoint = checkpoints[disk_random(&random) % 3];
  disk_start(run.root);
  for (uint64_t lives = 3 + disk_random(&random) % 4; lives > 0; lives--) {
    enum disk_end end = disk_random(&random) % 10 < 7 ? DISK_POWER_FAILS : DISK_PROCESS_ENDS;
    bool opened;
    disk_end_at(pick_moment(&random), end);
    live(rooms, 30, &opened);
    count_place(opened);
    end_life(&random, end);
  }
  rooms_expect_errors(rooms, never);
  live(rooms, 0, &(bool){false});
  const struct rooms_counts *got = rooms_counts(rooms);
  if (got->lost) printf("# seed %llu: %llu lost\n", (unsigned long long)seed, (unsigned long long)got->lost);
  for (size_t i = 0; i < sizeof *got / sizeof(uint64_t); i++) ((uint64_t *)&run.sum)[i] += ((const uint64_t *)got)[i];
  rooms_destroy(rooms);
  disk_stop();
}

/* Report ------------------------------------------------------------------- */

static void ok(bool good, unsigned number, const char *text) {
  printf("%s %u - %s\n", good ? "ok" : "not ok", number, text);
  if (!good) run.unsafe = true;
}

static bool all_happened(const uint64_t *counts, const char *const *names, size_t count) {
  bool all = true;
  for (size_t i = 0; i < count; i++) {
    printf("# %-28s %llu\n", names[i], (unsigned long long)counts[i]);
    all = all && counts[i];
  }
  return all;
}

static void report(uint64_t seeds, bool expect_losses) {
  const struct rooms_counts *n = &run.sum;
  printf("# %llu seeds: the power failed %llu times, the process ended %llu times\n", (unsigned long long)seeds,
         (unsigned long long)run.power, (unsigned long long)run.kills);
  printf("# acknowledged: %llu rooms created, %llu edits (%llu only deleted), %llu compactions, %llu renamings, "
         "%llu rooms deleted; %llu rooms read; %llu lost\n",
         (unsigned long long)n->creations, (unsigned long long)n->appends, (unsigned long long)n->deletions,
         (unsigned long long)n->compactions, (unsigned long long)n->renamings, (unsigned long long)n->removals,
         (unsigned long long)n->loads, (unsigned long long)n->lost);
  bool faults = all_happened(run.fates, disk_fate_names, FATES);
  faults = all_happened(run.places, place_names, PLACES) && faults;
  printf("1..%d\n", expect_losses ? 1 : 3);
  if (expect_losses) {
    ok(n->lost > 0, 1, "losses are noticed");
    return;
  }
  ok(n->lost == 0, 1, "nothing that was acknowledged was lost");
  ok(faults, 2, "every kind of fault happened");
  ok(n->creations && n->deletions && n->compactions && n->renamings && n->removals, 3, "every kind of work was done");
}

static int usage(void) {
  fprintf(stderr, "usage: power [--seeds N] [--from SEED] [--synchronous OFF|NORMAL] [--expect-losses]\n");
  return 2;
}

int main(int argc, char **argv) {
  static const struct option names[] = {{"seeds", required_argument, NULL, 'n'},
                                        {"from", required_argument, NULL, 'f'},
                                        {"synchronous", required_argument, NULL, 's'},
                                        {"expect-losses", no_argument, NULL, 'l'},
                                        {NULL, 0, NULL, 0}};
  uint64_t seeds = 40, from = 1;
  bool expect_losses = false;
  for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    if (c == 'n')
      seeds = strtoull(optarg, NULL, 10);
    else if (c == 'f')
      from = strtoull(optarg, NULL, 10);
    else if (c == 's')
      run.synchronous = optarg;
    else if (c == 'l')
      expect_losses = true;
    else
      return usage();
  }
  log_init(open("/dev/null", O_WRONLY | O_CLOEXEC), LOG_ERROR, LOG_TEXT);
  life_folder(run.root, sizeof run.root, "power");
  snprintf(run.data, sizeof run.data, "%s/data/yoke", run.root);
  printf("# seeds %llu to %llu\n", (unsigned long long)from, (unsigned long long)(from + seeds - 1));
  for (uint64_t seed = from; seed < from + seeds; seed++) one_seed(seed);
  report(seeds, expect_losses);
  rmdir(run.root);
  return run.unsafe;
}
