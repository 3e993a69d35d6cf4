/* SPDX-License-Identifier: MIT */
/* The long run, and one seed again: see the usage. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static const char usage[] =
    "usage: simulate [--seeds N] [--from S]      run N seeds (default 10000) from S (default 1)\n"
    "       simulate --seed S [--trace]          run one, and say what happens in it\n"
    "       --sabotage KIND                      with a fault that must be found: ack-early,\n"
    "                                            drop-deletion, compact-range,\n"
    "                                            compact-snapshots, empty-load\n";

struct options {
  uint64_t seeds, from;
  enum sabotage sabotage;
  bool one, trace;
};

static bool number(const char *name, const char *text, uint64_t *out) {
  char *end = NULL;
  *out = strtoull(text, &end, 10);
  if (end != text && *end == '\0') return true;
  fprintf(stderr, "simulate: --%s takes a whole number, not \"%s\"\n", name, text);
  return false;
}

static bool sabotage_of(const char *text, enum sabotage *out) {
  for (enum sabotage kind = SABOTAGE_NONE; kind < SABOTAGE_KINDS; kind++) {
    *out = kind;
    if (strcmp(text, sabotage_name(kind)) == 0) return true;
  }
  fprintf(stderr, "simulate: --sabotage does not know \"%s\"\n", text);
  return false;
}

static bool parse(int argc, char **argv, struct options *o) {
  static const struct option names[] = {{"seeds", 1, NULL, 'n'}, {"from", 1, NULL, 'f'},     {"seed", 1, NULL, 's'},
                                        {"trace", 0, NULL, 't'}, {"sabotage", 1, NULL, 'x'}, {NULL, 0, NULL, 0}};
  *o = (struct options){.seeds = 10000, .from = 1};
  bool good = true;
  for (int what; good && (what = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    switch (what) {
    case 'n': good = number("seeds", optarg, &o->seeds); break;
    case 'f': good = number("from", optarg, &o->from); break;
    case 's': good = number("seed", optarg, &o->from), o->seeds = 1, o->one = true; break;
    case 't': o->trace = true; break;
    case 'x': good = sabotage_of(optarg, &o->sabotage); break;
    default: good = false;
    }
  }
  return good && optind == argc;
}

static bool print(const struct report *sum, bool one) {
  bool good = sum->violations == 0;
  printf("%" PRIu64 " edits, %" PRIu64 " of them deletions; %" PRIu64 " sync messages acknowledged, %" PRIu64
         " of them only deletions; %" PRIu64 " loads, %" PRIu64 " compactions\n",
         sum->edits, sum->deletions, sum->acknowledged, sum->told_gone, sum->loads, sum->compactions);
  for (enum fault fault = 0; fault < FAULT_KINDS; fault++) {
    printf("%10" PRIu64 "  %s\n", sum->faults[fault], fault_text(fault));
    if (sum->faults[fault] == 0 && !one) good = false;
  }
  for (enum fault fault = 0; fault < FAULT_KINDS && !one; fault++)
    if (sum->faults[fault] == 0) printf("never happened: %s\n", fault_text(fault));
  printf("%zu violations\n", sum->violations);
  return good;
}

int main(int argc, char **argv) {
  struct options o;
  if (!parse(argc, argv, &o)) {
    fputs(usage, stderr);
    return 2;
  }
  struct report sum = {0};
  for (uint64_t i = 0; i < o.seeds; i++) {
    struct report one = {0};
    sim_run(o.from + i, o.sabotage, o.trace, &one);
    if (one.violations)
      printf("seed %" PRIu64 ": %zu violations, the first %s\n", o.from + i, one.violations, one.first);
    report_add(&sum, &one);
    if ((i + 1) % 1000 == 0) fprintf(stderr, "%" PRIu64 " seeds, %zu violations\n", i + 1, sum.violations);
  }
  return print(&sum, o.one) ? 0 : 1;
}
