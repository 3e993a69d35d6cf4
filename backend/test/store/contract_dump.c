/* SPDX-License-Identifier: MIT */
/* The store read as a whole, while it is used. */
#include <stdio.h>
#include <string.h>

#include "contract.h"
#include "store/dump.h"

static int count_row(void *ctx, const struct dump_row *row) {
  size_t *rows = ctx;
  *rows += row->table == DUMP_UPDATE;
  return 0;
}

/* So many rows of the room's log, which are as many as its record says. */
static size_t rows_of(struct dump_reader *reader, const char *id, struct buf *error) {
  struct dump_room room;
  size_t rows = 0;
  assert_int_equal(reader->ops->find(reader, id, &room, error), 0);
  uint64_t expected = room.update_rows;
  assert_int_equal(reader->ops->rows(reader, id, count_row, &rows, error), 0);
  assert_int_equal(rows, expected);
  return rows;
}

static void a_reader_sees_one_moment_of_all_rooms(void **state) {
  struct fixture *f = *state;
  struct buf error = BUF_INIT;
  struct dump_reader *reader = NULL;
  char other[ROOM_ID_SIZE];
  snprintf(other, sizeof other, "%.28s-b", f->room);
  assert_int_equal(create_room(f, f->room, "1"), 0);
  assert_int_equal(create_room(f, other, "1"), 0);
  assert_int_equal(f->backend->read(f->dir, &reader, &error), 0);
  size_t first = rows_of(reader, f->room, &error);
  assert_int_equal(append_text(f, f->room, "2", NULL), 0);
  assert_int_equal(append_text(f, other, "2", NULL), 0);
  assert_int_equal(rows_of(reader, other, &error), first);
  assert_int_equal(rows_of(reader, f->room, &error), first);
  dump_reader_close(reader);
  assert_int_equal(f->backend->read(f->dir, &reader, &error), 0);
  assert_int_equal(rows_of(reader, other, &error), first + 1);
  dump_reader_close(reader);
  buf_deinit(&error);
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(a_reader_sees_one_moment_of_all_rooms),
};

const struct contract_part contract_dump = {tests, sizeof tests / sizeof *tests};
