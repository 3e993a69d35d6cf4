/* SPDX-License-Identifier: MIT */
#include "app/doctor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/place.h"
#include "app/room_read.h"
#include "base/plural.h"

struct round {
  const struct config *config;
  struct dump_reader *reader;
  struct progress progress;
  uint64_t rooms, rows, damaged;
};

static void print_lines(const char *mark, const struct buf *lines) {
  const char *at = (const char *)lines->data, *end = at + lines->len;
  while (at && at < end) {
    size_t len = strcspn(at, "\n");
    if (len > (size_t)(end - at)) len = (size_t)(end - at);
    printf("    %s %.*s\n", mark, (int)len, at);
    at += len + 1;
  }
}

static int visit(struct round *round, const struct dump_room *record) {
  struct room_reading r;
  int err = room_read(round->reader, record, &round->config->limits, NULL, NULL, &r);
  if (!err) {
    progress_end(&round->progress);
    printf("%s %s  log %" PRIu64 ", history %" PRIu64 ", last row %" PRIu64 "\n",
           r.problem_count ? "DAMAGED" : "ok     ", record->room.id, r.found[DUMP_UPDATE], r.found[DUMP_HISTORY],
           r.last_seq);
    print_lines("-", &r.problems);
    print_lines("note:", &r.notes);
    round->rooms++;
    round->rows += r.found[0] + r.found[1] + r.found[2];
    if (r.problem_count) round->damaged++;
    progress_on_copy(&round->progress, round->rooms, round->rows);
  }
  room_reading_deinit(&r);
  return err;
}

static int visit_all(struct round *round, struct buf *error) {
  char after[STORE_ROOM_ID_MAX + 1] = "";
  struct dump_room record;
  int err;
  while (!(err = round->reader->ops->next(round->reader, after, &record, error))) {
    snprintf(after, sizeof after, "%s", record.room.id);
    err = visit(round, &record);
    if (err) return err;
  }
  return err == ERR_NOT_FOUND && !error->len ? 0 : err;
}

static int visit_one(struct round *round, const char *room_id, struct buf *error) {
  struct dump_room record;
  int err = round->reader->ops->find(round->reader, room_id, &record, error);
  if (err == ERR_NOT_FOUND) (void)!buf_printf(error, "there is no room %s\n", room_id);
  return err ? err : visit(round, &record);
}

int doctor(const struct config *config, const char *room_id, struct buf *error) {
  struct round round = {.config = config};
  struct dump_totals totals;
  struct buf pages = BUF_INIT;
  int err = place_read(config, &round.reader, error);
  if (!err) err = round.reader->ops->totals(round.reader, &totals, error);
  bool sound = true;
  if (!err && round.reader->ops->check && !room_id) sound = round.reader->ops->check(round.reader, &pages) == 0;
  if (!err) {
    progress_start(&round.progress, "checking", &totals);
    err = room_id ? visit_one(&round, room_id, error) : visit_all(&round, error);
    progress_end(&round.progress);
  }
  dump_reader_close(round.reader);
  if (!sound) printf("the database file is damaged:\n");
  print_lines("-", &pages);
  buf_deinit(&pages);
  if (err && !error->len) (void)!buf_printf(error, "not all could be checked: %s\n", err_text(err));
  if (err) return PLACE_FAILED;
  printf("%" PRIu64 " room%s, %" PRIu64 " row%s, %" PRIu64 " room%s damaged\n", round.rooms, PLURAL_S(round.rooms),
         round.rows, PLURAL_S(round.rows), round.damaged, PLURAL_S(round.damaged));
  if (round.damaged)
    printf("A damaged room is refused and left as it is. To get at what can be read of it: yoke room export ROOM\n");
  return round.damaged || !sound ? PLACE_DAMAGED : PLACE_OK;
}
