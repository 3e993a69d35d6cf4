/* SPDX-License-Identifier: MIT */
#include "lives.h"

#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

#if defined(__SANITIZE_ADDRESS__)
#define LEAK_CHECK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAK_CHECK 1
#endif
#endif
#ifdef LEAK_CHECK
#include <sanitizer/lsan_interface.h>
#endif

/* Threads and time make the number of allocations differ a little: a part is over after so many lives without one. */
enum { MISSES = 3 };

struct options {
  const char *store, *part;
  uint64_t nth, per_part, spell, jobs;
};

static bool read_options(struct options *out, int argc, char **argv) {
  static const struct option names[] = {{"store", required_argument, NULL, 's'},
                                        {"per-part", required_argument, NULL, 'e'},
                                        {"part", required_argument, NULL, 'p'},
                                        {"nth", required_argument, NULL, 'n'},
                                        {"spell", required_argument, NULL, 'l'},
                                        {"jobs", required_argument, NULL, 'j'},
                                        {NULL, 0, NULL, 0}};
  *out = (struct options){.store = "sqlite", .spell = 1, .jobs = 1};
  for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    uint64_t number = optarg ? strtoull(optarg, NULL, 10) : 0;
    if (c == 's')
      out->store = optarg;
    else if (c == 'p')
      out->part = optarg;
    else if (c == 'e')
      out->per_part = number;
    else if (c == 'n')
      out->nth = number;
    else if (c == 'l' && number)
      out->spell = number;
    else if (c == 'j' && number)
      out->jobs = number;
    else
      return false;
  }
  return optind == argc && (strcmp(out->store, "sqlite") == 0 || strcmp(out->store, "postgresql") == 0);
}

static uint64_t lived; /* with something to fail */

static size_t open_files(void) {
  size_t count = 0;
  DIR *dir = opendir("/proc/self/fd");
  if (!dir) return 0;
  while (readdir(dir)) count++;
  closedir(dir);
  return count;
}

static bool leaks(void) {
#ifdef LEAK_CHECK
  return __lsan_do_recoverable_leak_check() != 0;
#else
  return false;
#endif
}

static void live(const struct lives *lives, struct place *place, enum nomem_part part, uint64_t nth, uint64_t spell) {
  uint64_t before = checks_failed;
  size_t files = open_files();
  place_clear(place);
  nomem_start(part, nth, spell);
  lives->live(place);
  nomem_end();
  size_t left = open_files();
  CHECK(left == files, "%zu files and sockets are open, and were %zu before", left, files);
  CHECK(!leaks(), "memory leaks");
  lived += nth > 0;
  if (checks_failed > before && nth)
    printf("# ^ with allocation %llu of the part \"%s\" failing\n", (unsigned long long)nth, nomem_part_name(part));
  fflush(stdout);
}

/** Is this one among @per_part that are spread over all? */
static bool is_picked(uint64_t nth, uint64_t all, uint64_t per_part) {
  uint64_t before = 2 * (nth - 1) * per_part + all;
  return before / (2 * all) != (before + 2 * per_part) / (2 * all);
}

/** The allocations of one part, one after the other; those of @job alone. */
static void live_part(const struct lives *lives, struct place *place, const struct options *options, uint64_t job,
                      enum nomem_part part, uint64_t all) {
  uint64_t misses = 0, turn = 0;
  for (uint64_t nth = options->nth ? options->nth : 1; misses < MISSES; nth++) {
    if (options->per_part && nth > all) break;
    if (options->per_part && !is_picked(nth, all, options->per_part)) continue;
    if (!options->nth && turn++ % options->jobs != job) continue;
    live(lives, place, part, nth, options->spell);
    for (uint64_t less = nth; options->per_part && !nomem_failed() && less > 1;)
      live(lives, place, part, less /= 2, options->spell); /* there were fewer this time */
    misses = nomem_failed() ? 0 : misses + 1;
    if (options->nth) break;
  }
}

/* Jobs: processes side by side, since a life waits more than it works. Each has a place of its own. */

struct totals {
  atomic_uint_fast64_t allocations, lives, broken, failures[PART_COUNT];
};

static void run_job(const struct lives *lives, const struct options *options, uint64_t job, struct totals *totals) {
  uint64_t all[PART_COUNT], sum = 0;
  struct place place;
  place_start(&place, options->store);
  live(lives, &place, PART_START, 0, 0);
  for (enum nomem_part part = 0; part < PART_COUNT; part++) sum += all[part] = nomem_count(part);
  for (size_t i = 0; i < lives->part_count; i++) {
    enum nomem_part part = lives->parts[i];
    if (!options->part || strcmp(options->part, nomem_part_name(part)) == 0)
      live_part(lives, &place, options, job, part, all[part]);
  }
  place_stop(&place);
  totals->allocations = sum;
  atomic_fetch_add(&totals->lives, lived);
  atomic_fetch_add(&totals->broken, checks_failed);
  for (enum nomem_part part = 0; part < PART_COUNT; part++)
    atomic_fetch_add(&totals->failures[part], nomem_failures(part));
}

static void run_jobs(const struct lives *lives, const struct options *options, struct totals *totals) {
  fflush(stdout);
  for (uint64_t job = 0; job < options->jobs; job++) {
    pid_t pid = fork();
    if (pid < 0) abort();
    if (pid > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    run_job(lives, options, job, totals);
    exit(0); /* where leaks would be found, too */
  }
  for (int status; wait(&status) > 0;)
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a process ended with status %d", status);
}

static void tell(const struct lives *lives, const struct options *options, const struct totals *totals) {
  checks_failed += totals->broken;
  printf("# %s: %llu allocations in one life; %llu lives; failed:", options->store,
         (unsigned long long)totals->allocations, (unsigned long long)totals->lives);
  for (enum nomem_part part = 0; part < PART_COUNT; part++)
    if (totals->failures[part]) printf(" %s %llu", nomem_part_name(part), (unsigned long long)totals->failures[part]);
  printf("\n");
  for (size_t i = 0; i < lives->part_count; i++) {
    bool meant = !options->part || strcmp(options->part, nomem_part_name(lives->parts[i])) == 0;
    CHECK(!meant || totals->failures[lives->parts[i]], "no allocation failed in the part \"%s\": nothing was tried",
          nomem_part_name(lives->parts[i]));
  }
  printf("1..1\n%s 1 - %s\n", checks_failed ? "not ok" : "ok", lives->promise);
}

int lives_main(const struct lives *lives, int argc, char **argv) {
  struct options options;
  if (!read_options(&options, argc, argv)) {
    fprintf(stderr,
            "usage: [--store sqlite|postgresql] [--per-part N] [--part NAME] [--nth N] [--spell N] [--jobs N]\n");
    return 2;
  }
  struct totals *totals = mmap(NULL, sizeof *totals, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (totals == MAP_FAILED) abort();
  log_init(open("/dev/null", O_WRONLY | O_CLOEXEC), LOG_ERROR, LOG_TEXT);
  run_jobs(lives, &options, totals);
  tell(lives, &options, totals);
  return checks_failed != 0;
}
