/* SPDX-License-Identifier: MIT */
/*
 * A disk that is full or broken, at each call in turn. The real SQLite store
 * does the work of rooms (rooms.h) on a disk (disk.h) that refuses the nth
 * call of a kind, once or from then on until it is mended. Whatever happens,
 * nothing is acknowledged that is not safe, the store says that it is down
 * while it cannot save, and saves everything once it can. After each run the
 * power fails and all that was acknowledged must be there.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "disk.h"
#include "life.h"

enum { BURSTS = 5, SETTLE_MS = 900, MENDED_MS = 20000 };

static struct {
  char root[64], data[96];
  uint64_t runs, failed_calls, refused_starts, downs, lost, silent, stuck;
  uint64_t hit[DISK_CALLS];
  bool broken; /* the disk is, at the moment */
  struct rooms_counts sum;
} all;

static bool is_broken(void) {
  return all.broken;
}

static void set_broken(const struct disk_failure *failure) {
  all.broken = failure != NULL;
  disk_fail(failure);
}

struct answer {
  bool came;
  int err;
};

static void on_pinged(void *ctx, int err) {
  *(struct answer *)ctx = (struct answer){true, err};
}

/** While calls wait for a broken disk, /health and the status must not say that all is well. */
static void check_down(struct life *life, const struct disk_failure *failure) {
  struct answer ping = {0};
  struct store_status status;
  if (life->store->ops->ping(life->store, on_pinged, &ping) != 0) abort();
  uint64_t end = clock_mono_ms() + 6000;
  while (!ping.came && clock_mono_ms() < end)
    if (loop_run_once(life->loop, 20) != 0) abort();
  life->store->ops->status(life->store, &status);
  all.downs++;
  if (ping.came && ping.err && !status.up && status.reason[0]) return;
  all.silent++;
  printf("# silent: %s %llu: up %d, ping %d, reason \"%s\"\n", disk_call_names[__builtin_ctz(failure->calls)],
         (unsigned long long)failure->nth, status.up, ping.err, status.reason);
}

static void mend(struct life *life, struct rooms *rooms, const struct disk_failure *failure) {
  if (rooms_outstanding(rooms)) check_down(life, failure);
  set_broken(NULL);
  if (life_settle(life, rooms, NULL, MENDED_MS)) return;
  all.stuck++;
  printf("# stuck: %s %llu\n", disk_call_names[__builtin_ctz(failure->calls)], (unsigned long long)failure->nth);
}

/** The store as a server has it: opened, used for a while, mended when it is stuck. */
static void use(struct rooms *rooms, const struct disk_failure *failure) {
  struct life life;
  struct buf error = BUF_INIT;
  if (life_begin(&life, all.data, sqlite_store_create, &error) != 0) {
    all.refused_starts++;
    life_end(&life, rooms); /* a server that does not start, with a reason */
    if (!error.len) rooms_unreadable(rooms, "no reason was given");
    set_broken(NULL);
    buf_clear(&error);
    if (life_begin(&life, all.data, sqlite_store_create, &error) != 0)
      rooms_unreadable(rooms, (const char *)error.data);
  }
  buf_deinit(&error);
  for (unsigned i = 0; life.store && i < BURSTS; i++) {
    rooms_work(rooms, life.store);
    if (!life_settle(&life, rooms, NULL, SETTLE_MS)) mend(&life, rooms, failure);
  }
  if (life.store) rooms_load(rooms, life.store);
  if (life.store && !life_settle(&life, rooms, NULL, SETTLE_MS)) mend(&life, rooms, failure);
  life_end(&life, rooms);
}

/** False when there were fewer than @nth such calls. */
static bool run(const struct disk_failure *failure, uint64_t seed) {
  struct rooms *rooms = rooms_create(seed);
  rooms_expect_errors(rooms, is_broken);
  disk_start(all.root);
  set_broken(failure);
  use(rooms, failure);
  uint64_t failed = disk_failed();
  set_broken(NULL);
  disk_power_on(seed, (uint64_t[FATES]){0});
  use(rooms, failure);
  disk_stop();
  const struct rooms_counts *got = rooms_counts(rooms);
  if (got->lost)
    printf("# ^ again with --only %s,%llu,%d,%d,%llu\n", disk_call_names[__builtin_ctz(failure->calls)],
           (unsigned long long)failure->nth, failure->error, failure->for_good, (unsigned long long)seed);
  for (size_t i = 0; i < sizeof *got / sizeof(uint64_t); i++) ((uint64_t *)&all.sum)[i] += ((const uint64_t *)got)[i];
  rooms_destroy(rooms);
  all.runs++;
  all.failed_calls += failed;
  all.hit[__builtin_ctz(failure->calls)] += failed != 0;
  return failed != 0;
}

/* The sweep ---------------------------------------------------------------- */

/** So many calls of a kind there are when nothing fails. */
static uint64_t count_calls(enum disk_call call, uint64_t seed) {
  struct rooms *rooms = rooms_create(seed);
  rooms_expect_errors(rooms, is_broken);
  disk_start(all.root);
  const struct disk_failure never = {1u << call, UINT64_MAX, EIO, false};
  disk_fail(&never);
  use(rooms, &never);
  uint64_t count = disk_seen();
  disk_stop();
  rooms_destroy(rooms);
  return count;
}

/** @most of the calls of a kind fail in turn, spread evenly; 0: every one. */
static void sweep(enum disk_call call, int error, bool for_good, uint64_t most, unsigned salt) {
  uint64_t step = most ? count_calls(call, salt) / most : 1;
  if (!step) step = 1;
  for (uint64_t nth = 1 + salt * 7 % step;; nth += step)
    if (!run(&(struct disk_failure){1u << call, nth, error, for_good}, salt)) return;
}

/** "sync,17,5,1,20": call, which of them, errno, for good, seed; as printed with what went wrong. */
static bool run_again(const char *what) {
  char name[16];
  unsigned long long nth, seed;
  int error, for_good;
  if (sscanf(what, "%15[a-z],%llu,%d,%d,%llu", name, &nth, &error, &for_good, &seed) != 5) return false;
  for (unsigned call = 0; call < DISK_CALLS; call++)
    if (strcmp(name, disk_call_names[call]) == 0)
      run(&(struct disk_failure){1u << call, nth, error, for_good != 0}, seed);
  return all.runs == 1;
}

static bool ok(bool good, unsigned number, const char *text) {
  printf("%s %u - %s\n", good ? "ok" : "not ok", number, text);
  return good;
}

static int report(void) {
  const struct rooms_counts *n = &all.sum;
  bool every = true;
  printf("# %llu runs, %llu calls failed, %llu starts refused with a reason, %llu times down for longer\n",
         (unsigned long long)all.runs, (unsigned long long)all.failed_calls, (unsigned long long)all.refused_starts,
         (unsigned long long)all.downs);
  printf("# acknowledged: %llu rooms created, %llu edits, %llu compactions; %llu rooms read; %llu lost\n",
         (unsigned long long)n->creations, (unsigned long long)n->appends, (unsigned long long)n->compactions,
         (unsigned long long)n->loads, (unsigned long long)n->lost);
  for (unsigned i = 0; i < DISK_CALLS; i++) {
    printf("# runs with a failed %-9s %llu\n", disk_call_names[i], (unsigned long long)all.hit[i]);
    every = every && all.hit[i];
  }
  printf("1..4\n");
  bool good = ok(n->lost == 0, 1, "nothing that was acknowledged was lost, and no edit was given up");
  good = ok(all.silent == 0 && all.downs > 0, 2, "a store that cannot save says so, with a reason") && good;
  good = ok(all.stuck == 0, 3, "everything is saved once the disk is mended") && good;
  good = ok(every, 4, "every kind of call failed") && good;
  return !good;
}

int main(int argc, char **argv) {
  static const struct option names[] = {
      {"most", required_argument, NULL, 'm'}, {"only", required_argument, NULL, 'o'}, {NULL, 0, NULL, 0}};
  static const int errors[] = {ENOSPC, EIO};
  uint64_t most = 0;
  const char *only = NULL;
  for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    if (c != 'm' && c != 'o') {
      fprintf(
          stderr,
          "usage: faults [--most N | --only CALL,NTH,ERRNO,FOR_GOOD,SEED]   N calls of each kind fail in turn, or one\n");
      return 2;
    }
    if (c == 'm')
      most = strtoull(optarg, NULL, 10);
    else
      only = optarg;
  }
  log_init(open("/dev/null", O_WRONLY | O_CLOEXEC), LOG_ERROR, LOG_TEXT);
  life_folder(all.root, sizeof all.root, "faults");
  snprintf(all.data, sizeof all.data, "%s/data", all.root);
  unsigned salt = 0;
  if (only) return !run_again(only) || all.sum.lost || all.silent || all.stuck;
  for (enum disk_call call = 0; call < DISK_CALLS; call++)
    for (size_t e = 0; e < 2; e++)
      for (int for_good = 0; for_good < 2; for_good++) sweep(call, errors[e], for_good, most, ++salt);
  rmdir(all.root);
  return report();
}
