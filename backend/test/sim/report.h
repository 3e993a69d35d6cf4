/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_REPORT_H
#define YOKE_TEST_SIM_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "timeline.h"

/* What goes wrong on purpose. Over a set of seeds each must have happened. */
#define FAULT_TABLE(X)                                                                                                 \
  X(FAULT_COMMIT_FAILED, "a commit failed and was tried again")                                                        \
  X(FAULT_COMMIT_UNKNOWN, "a commit took place, but was reported as failed and done again")                            \
  X(FAULT_STORE_SLOW, "the store was slow")                                                                            \
  X(FAULT_STORE_AWAY, "the store was away while edits came")                                                           \
  X(FAULT_APPEND_FAILED, "an append was answered with an error and not stored")                                        \
  X(FAULT_APPEND_MISTAKEN, "an append was answered with an error and stored")                                          \
  X(FAULT_APPEND_REFUSED, "an append was refused at once")                                                             \
  X(FAULT_ANSWER_LATE, "the answer came long after the commit")                                                        \
  X(FAULT_LOAD_FAILED, "a load failed")                                                                                \
  X(FAULT_LOAD_DAMAGED, "a load gave damaged bytes")                                                                   \
  X(FAULT_READ_LATE, "a read was not answered in time")                                                                \
  X(FAULT_COMPACT_FAILED, "a compaction failed")                                                                       \
  X(FAULT_COMPACT_MISTAKEN, "a compaction was answered with an error and done")                                        \
  X(FAULT_COMPACT_OVERTAKEN, "a compaction was overtaken by appends")                                                  \
  X(FAULT_BACKLOG_FULL, "an edit was refused: the backlog was full")                                                   \
  X(FAULT_CRASH, "the server crashed")                                                                                 \
  X(FAULT_CRASH_LOST, "a crash lost edits that were not committed")                                                    \
  X(FAULT_CRASH_UNTOLD, "a crash came between commit and answer")                                                      \
  X(FAULT_CRASH_LOADING, "a crash came while a room was loading")                                                      \
  X(FAULT_GHOST, "a dead server's commit took place later")                                                            \
  X(FAULT_TWO_SERVERS, "a second server wrote to the same store")                                                      \
  X(FAULT_STOPPED, "the server was told to stop, and did")                                                             \
  X(FAULT_STOP_CUT, "the server was killed while stopping")                                                            \
  X(FAULT_UNLOADED, "a room was unloaded")                                                                             \
  X(FAULT_DROPPED, "a connection broke with messages under way")                                                       \
  X(FAULT_HALF_OPEN, "a client came back before the server missed it")                                                 \
  X(FAULT_OVERTAKEN, "an old connection's messages came after the new one's")                                          \
  X(FAULT_STALLED, "a connection stood still for seconds")                                                             \
  X(FAULT_SLOW_READER, "a member that did not read was closed")                                                        \
  X(FAULT_SPLIT, "output was written in pieces")                                                                       \
  X(FAULT_RESENT, "a message was sent again")                                                                          \
  X(FAULT_OFFLINE, "an edit was made offline")                                                                         \
  X(FAULT_EARLY_EDIT, "an edit was sent before what it depends on")                                                    \
  X(FAULT_GONE, "a client vanished with what it had")                                                                  \
  X(FAULT_CLOCK_JUMPED, "the wall clock jumped")

enum fault {
#define FAULT_ENUM(name, text) name,
  FAULT_TABLE(FAULT_ENUM)
#undef FAULT_ENUM
      FAULT_KINDS
};

const char *fault_text(enum fault fault);

/* What a run of one seed, or of many, came to. */
struct report {
  uint64_t faults[FAULT_KINDS];
  uint64_t edits, deletions;        /* made */
  uint64_t acknowledged, told_gone; /* updates acknowledged, and those of them that delete */
  uint64_t loads, compactions;
  size_t violations;
  char first[400]; /* the first violation */
  /* of one seed */
  const struct timeline *time;
  bool trace; /* to stdout */
};

void report_fault(struct report *r, enum fault fault);
void report_violation(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void report_trace(const struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Add the figures of one seed to those of a set. */
void report_add(struct report *sum, const struct report *one);

#endif
