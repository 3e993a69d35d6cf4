/* SPDX-License-Identifier: MIT */
#include "rooms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yata.h>

#include "disk.h"

enum { ROOMS = 4, ROWS_MAX = 4096 };

struct acked_row {
  uint64_t seq;
  struct blob *payload;
};

struct seqs {
  uint64_t items[ROWS_MAX];
  size_t count;
};

/* How sure something is. */
enum sure { NO, MAYBE, YES };

struct room {
  struct rooms *rooms;
  char id[STORE_ROOM_ID_MAX + 1];
  enum sure there; /* created */
  enum sure gone;  /* deleted */
  bool loaded;     /* the server has it in memory: doc, rows, snapshots hold */
  yata_doc *doc;   /* the server's document */
  yata_doc *must;  /* all that was acknowledged or shown, and nothing else */
  struct seqs rows, snapshots;
  struct acked_row acked[ROWS_MAX];
  size_t acked_count;
  struct seqs moved; /* rows that a compaction moved to the history */
  uint64_t snapshot; /* the last that was acknowledged; 0: none, or another one may be there in its place */
  char name[32];
  bool name_sure;
  bool compacting;
};

struct rooms {
  uint64_t random;
  struct rooms_counts counts;
  size_t outstanding;
  bool (*expected)(void);
  unsigned made; /* ids so far */
  struct room at[ROOMS];
};

enum kind { CREATE, APPEND, COMPACT, RENAME, REMOVE, LOAD, HISTORY };

struct call {
  struct room *room;
  enum kind kind;
  struct blob *payload;
  size_t rows; /* compact: so many of the first */
  bool deletes;
  char name[32];
};

static unsigned below(struct rooms *rooms, unsigned n) {
  return (unsigned)(disk_random(&rooms->random) % n);
}

static void finding(struct room *room, const char *text, uint64_t seq) {
  room->rooms->counts.lost++;
  printf("# lost: room %s: %s (%llu)\n", room->id, text, (unsigned long long)seq);
}

static void must(bool ok, const char *what) {
  if (ok) return;
  printf("Bail out! %s\n", what);
  fflush(stdout);
  abort();
}

static void seqs_add(struct seqs *seqs, uint64_t seq) {
  must(seqs->count < ROWS_MAX, "more rows than this test is for");
  seqs->items[seqs->count++] = seq;
}

static bool seqs_has(const struct seqs *seqs, uint64_t seq) {
  for (size_t i = 0; i < seqs->count; i++)
    if (seqs->items[i] == seq) return true;
  return false;
}

/* Documents ---------------------------------------------------------------- */

static yata_doc *doc_new(struct rooms *rooms) {
  yata_options options = {.client_id = disk_random(&rooms->random) & 0xffffffff};
  yata_doc *doc = NULL;
  must(yata_doc_create(&options, &doc) == 0, "out of memory");
  return doc;
}

/** 0 or 1: it changed something; -1: refused. */
static int doc_apply(yata_doc *doc, const void *bytes, size_t len) {
  yata_applied applied = {0};
  return yata_apply_update(doc, bytes, len, &applied) != 0 ? -1 : applied.changed;
}

static struct blob *doc_state(const yata_doc *doc) {
  yata_buf bytes = YATA_BUF_INIT;
  must(yata_encode_state_as_update(doc, NULL, 0, &bytes) == 0, "a document cannot be encoded");
  struct blob *blob = blob_create(bytes.data, bytes.len);
  yata_buf_deinit(&bytes);
  must(blob != NULL, "out of memory");
  return blob;
}

static void insert_some(struct rooms *rooms, yata_doc *doc, yata_type text, uint32_t length) {
  char words[6000];
  size_t len = below(rooms, 8) ? 1 + below(rooms, 20) : 1 + below(rooms, sizeof words - 1);
  for (size_t i = 0; i < len; i++) words[i] = (char)('a' + below(rooms, 26));
  must(yata_text_insert(doc, text, below(rooms, length + 1), words, len) == 0, "insert");
}

/** A random edit as an update; *deletes: it only deletes. */
static struct blob *edit(struct room *room, bool *deletes) {
  yata_type text;
  uint32_t length = 0;
  yata_buf bytes = YATA_BUF_INIT;
  must(yata_text(room->doc, "text", &text) == 0 && yata_text_length(room->doc, text, &length) == 0, "text");
  must(yata_txn_begin(room->doc) == 0, "begin");
  *deletes = length > 4 && below(room->rooms, 100) < 40;
  if (*deletes) {
    uint32_t at = below(room->rooms, length), most = length - at;
    must(yata_text_delete(room->doc, text, at, 1 + below(room->rooms, most < 30 ? most : 30)) == 0, "delete");
  } else {
    insert_some(room->rooms, room->doc, text, length);
  }
  must(yata_txn_commit(room->doc, &bytes) == 0 && bytes.len, "commit");
  struct blob *blob = blob_create(bytes.data, bytes.len);
  yata_buf_deinit(&bytes);
  must(blob != NULL, "out of memory");
  return blob;
}

/* Completions -------------------------------------------------------------- */

static void remember_row(struct room *room, uint64_t seq, struct blob *payload) {
  must(room->acked_count < ROWS_MAX, "more rows than this test is for");
  must(doc_apply(room->must, payload->data, payload->len) >= 0, "an update of our own is refused");
  if (!seq) return;
  room->acked[room->acked_count++] = (struct acked_row){seq, blob_ref(payload)};
  seqs_add(&room->rows, seq);
}

static void compacted(struct room *room, const struct call *call, uint64_t seq) {
  for (size_t i = 0; i < call->rows; i++) seqs_add(&room->moved, room->rows.items[i]);
  room->rows.count -= call->rows;
  memmove(room->rows.items, room->rows.items + call->rows, room->rows.count * sizeof room->rows.items[0]);
  room->snapshots.items[0] = room->snapshot = seq;
  room->snapshots.count = 1;
}

static void acknowledge(struct call *call, uint64_t seq) {
  struct room *room = call->room;
  struct rooms_counts *n = &room->rooms->counts;
  switch (call->kind) {
  case CREATE:
    n->creations++;
    room->there = YES;
    room->loaded = true;
    must(doc_apply(room->must, call->payload->data, call->payload->len) >= 0, "the first update is refused");
    break;
  case APPEND:
    n->appends++;
    n->deletions += call->deletes;
    remember_row(room, seq, call->payload);
    break;
  case COMPACT:
    n->compactions++;
    compacted(room, call, seq);
    break;
  case RENAME:
    n->renamings++;
    room->name_sure = true;
    memcpy(room->name, call->name, sizeof room->name);
    break;
  case REMOVE:
    n->removals++;
    room->gone = YES;
    break;
  default: break;
  }
}

static void end_call(struct call *call) {
  if (call->kind == COMPACT) call->room->compacting = false;
  call->room->rooms->outstanding--;
  blob_unref(call->payload);
  free(call);
}

static void on_appended(void *ctx, int err, uint64_t seq) {
  struct call *call = ctx;
  struct rooms *rooms = call->room->rooms;
  bool excused = err == ERR_CANCELLED || (err == ERR_NOT_FOUND && call->room->gone);
  /* An edit is never given up, whatever the disk does. */
  if (!excused && call->kind != APPEND) excused = rooms->expected();
  if (!err)
    acknowledge(call, seq);
  else if (!excused)
    finding(call->room, err_text(err), 0);
  end_call(call);
}

static void on_done(void *ctx, int err) {
  on_appended(ctx, err, 0);
}

/* Work --------------------------------------------------------------------- */

static struct call *call_new(struct room *room, enum kind kind, struct blob *payload) {
  struct call *call = calloc(1, sizeof *call);
  must(call != NULL, "out of memory");
  call->room = room;
  call->kind = kind;
  call->payload = payload;
  room->rooms->outstanding++;
  return call;
}

static void drop_documents(struct room *room) {
  yata_doc_destroy(room->doc);
  yata_doc_destroy(room->must);
  for (size_t i = 0; i < room->acked_count; i++) blob_unref(room->acked[i].payload);
}

static void start_create(struct room *room, struct store *store) {
  struct rooms *rooms = room->rooms;
  bool deletes;
  drop_documents(room);
  memset(room, 0, sizeof *room);
  room->rooms = rooms;
  snprintf(room->id, sizeof room->id, "room-%016u", rooms->made++);
  snprintf(room->name, sizeof room->name, "first");
  room->there = MAYBE;
  room->name_sure = true;
  room->doc = doc_new(rooms);
  room->must = doc_new(rooms);
  struct call *call = call_new(room, CREATE, edit(room, &deletes));
  struct store_room info = {room->id, room->name, "c", "ann", "ann@example.org", 1, 1};
  int err = store->ops->create_room(store, &info, call->payload->data, call->payload->len, on_done, call);
  must(err == 0, "create_room");
}

static void start_append(struct room *room, struct store *store) {
  bool deletes;
  struct blob *update = edit(room, &deletes);
  struct call *call = call_new(room, APPEND, update);
  call->deletes = deletes;
  must(store->ops->append(store, room->id, "ann", 2, update, on_appended, call) == 0, "append");
}

static void start_compact(struct room *room, struct store *store) {
  struct call *call = call_new(room, COMPACT, doc_state(room->doc));
  call->rows = 1 + below(room->rooms, (unsigned)room->rows.count);
  room->compacting = true;
  room->snapshot = 0;
  struct store_parts parts = {room->snapshots.items, room->snapshots.count, room->rows.items, call->rows};
  must(store->ops->compact(store, room->id, &parts, call->payload, on_appended, call) == 0, "compact");
}

static void start_rename(struct room *room, struct store *store) {
  struct call *call = call_new(room, RENAME, NULL);
  snprintf(call->name, sizeof call->name, "name %u", below(room->rooms, 1000000));
  room->name_sure = false;
  must(store->ops->update_room(store, room->id, call->name, NULL, 3, on_done, call) == 0, "update_room");
}

static void start_remove(struct room *room, struct store *store) {
  room->gone = MAYBE;
  must(store->ops->delete_room(store, room->id, on_done, call_new(room, REMOVE, NULL)) == 0, "delete_room");
}

static void work_on(struct room *room, struct store *store) {
  unsigned dice = below(room->rooms, 100);
  bool busy = room->acked_count > ROWS_MAX - 64;
  if (!room->id[0] || room->gone == YES)
    start_create(room, store);
  else if (!room->loaded || room->gone == MAYBE)
    return;
  else if (dice < 1 || busy)
    start_remove(room, store);
  else if (dice < 5)
    start_rename(room, store);
  else if (dice < 17 && room->rows.count && !room->compacting)
    start_compact(room, store);
  else
    start_append(room, store);
}

void rooms_work(struct rooms *rooms, struct store *store) {
  for (unsigned n = 1 + below(rooms, 8); n > 0; n--) work_on(&rooms->at[below(rooms, ROOMS)], store);
}

/* Comparing ---------------------------------------------------------------- */

static void check_parts(struct room *room, const struct store_loaded *loaded) {
  bool found = !room->snapshot;
  for (size_t i = 0; i < loaded->snapshot_count; i++) found = found || loaded->snapshots[i].seq == room->snapshot;
  if (!found) finding(room, "an acknowledged snapshot is gone", room->snapshot);
  for (size_t i = 0; i < loaded->row_count; i++)
    if (seqs_has(&room->moved, loaded->rows[i].seq))
      finding(room, "a row is back that a compaction has moved away", loaded->rows[i].seq);
  if (room->name_sure && strcmp(room->name, loaded->room.name) != 0) finding(room, "an acknowledged name is gone", 0);
}

/** Merge what was loaded as a server does. */
static yata_doc *merge(struct room *room, const struct store_loaded *loaded) {
  yata_doc *doc = doc_new(room->rooms);
  for (size_t i = 0; i < loaded->snapshot_count; i++)
    if (doc_apply(doc, loaded->snapshots[i].data, loaded->snapshots[i].len) < 0)
      finding(room, "a snapshot cannot be applied", loaded->snapshots[i].seq);
  for (size_t i = 0; i < loaded->row_count; i++)
    if (doc_apply(doc, loaded->rows[i].data, loaded->rows[i].len) < 0)
      finding(room, "a row cannot be applied", loaded->rows[i].seq);
  return doc;
}

/** Everything acknowledged, deletions included, must change nothing in what is there. */
static void check_content(struct room *room, yata_doc *doc) {
  struct blob *promised = doc_state(room->must), *before = doc_state(doc);
  int changed = doc_apply(doc, promised->data, promised->len);
  struct blob *after = doc_state(doc);
  if (changed || before->len != after->len || memcmp(before->data, after->data, before->len) != 0)
    finding(room, "content or deletions that were acknowledged are not there", 0);
  if (yata_doc_check(doc) != 0) finding(room, "the document is broken", 0);
  blob_unref(promised);
  blob_unref(before);
  blob_unref(after);
}

static void take_loaded(struct room *room, const struct store_loaded *loaded) {
  check_parts(room, loaded);
  yata_doc *doc = merge(room, loaded);
  check_content(room, doc);
  yata_doc_destroy(room->doc);
  room->doc = doc;
  struct blob *state = doc_state(doc);
  must(doc_apply(room->must, state->data, state->len) >= 0, "a state cannot be applied");
  blob_unref(state);
  room->rows.count = room->snapshots.count = 0;
  for (size_t i = 0; i < loaded->row_count; i++) seqs_add(&room->rows, loaded->rows[i].seq);
  for (size_t i = 0; i < loaded->snapshot_count; i++) seqs_add(&room->snapshots, loaded->snapshots[i].seq);
  snprintf(room->name, sizeof room->name, "%s", loaded->room.name);
  room->name_sure = room->loaded = true;
  room->there = YES;
  room->gone = NO;
}

static void on_loaded(void *ctx, int err, const struct store_loaded *loaded) {
  struct call *call = ctx;
  struct room *room = call->room;
  bool excused = err == ERR_CANCELLED || (err && err != ERR_NOT_FOUND && room->rooms->expected());
  if (!excused) room->rooms->counts.loads++;
  if (!err && room->gone == YES)
    finding(room, "it was deleted, and is there", 0);
  else if (!err)
    take_loaded(room, loaded);
  else if (err == ERR_NOT_FOUND && room->there == YES && room->gone == NO)
    finding(room, "it is gone", 0);
  else if (err == ERR_NOT_FOUND)
    room->gone = YES;
  else if (!excused)
    finding(room, err_text(err), 0);
  end_call(call);
}

static bool is_twice(const struct store_loaded *loaded, size_t at) {
  const struct store_row *row = &loaded->rows[at];
  for (size_t i = at + 1; i < loaded->row_count; i++)
    if (loaded->rows[i].len == row->len && memcmp(loaded->rows[i].data, row->data, row->len) == 0) return true;
  return false;
}

static void on_history(void *ctx, int err, const struct store_loaded *loaded) {
  struct call *call = ctx;
  struct room *room = call->room;
  size_t at = 0;
  for (size_t i = 0; !err && i < loaded->row_count; i++)
    if (is_twice(loaded, i)) finding(room, "a row stands twice", loaded->rows[i].seq);
  if (err && err != ERR_NOT_FOUND && err != ERR_CANCELLED && !room->rooms->expected()) finding(room, err_text(err), 0);
  for (size_t i = 0; !err && i < room->acked_count; i++) {
    const struct acked_row *row = &room->acked[i];
    while (at < loaded->row_count && loaded->rows[at].seq < row->seq) at++;
    const struct store_row *got = at < loaded->row_count ? &loaded->rows[at] : NULL;
    if (!got || got->seq != row->seq || got->len != row->payload->len ||
        memcmp(got->data, row->payload->data, got->len) != 0)
      finding(room, "an acknowledged row is gone from the log", row->seq);
  }
  end_call(call);
}

void rooms_load(struct rooms *rooms, struct store *store) {
  static const struct store_span all = {0};
  for (size_t i = 0; i < ROOMS; i++) {
    struct room *room = &rooms->at[i];
    if (!room->id[0]) continue;
    must(store->ops->load(store, room->id, on_loaded, call_new(room, LOAD, NULL)) == 0, "load");
    must(store->ops->history(store, room->id, &all, on_history, call_new(room, HISTORY, NULL)) == 0, "history");
  }
}

/* Life --------------------------------------------------------------------- */

void rooms_crash(struct rooms *rooms) {
  for (size_t i = 0; i < ROOMS; i++) rooms->at[i].loaded = rooms->at[i].compacting = false;
}

void rooms_unreadable(struct rooms *rooms, const char *reason) {
  rooms->counts.lost++;
  printf("# lost: the store cannot be opened: %s\n", reason);
}

void rooms_expect_errors(struct rooms *rooms, bool (*expected)(void)) {
  rooms->expected = expected;
}

size_t rooms_outstanding(const struct rooms *rooms) {
  return rooms->outstanding;
}

const struct rooms_counts *rooms_counts(const struct rooms *rooms) {
  return &rooms->counts;
}

struct rooms *rooms_create(uint64_t seed) {
  struct rooms *rooms = calloc(1, sizeof *rooms);
  must(rooms != NULL, "out of memory");
  rooms->random = seed;
  for (size_t i = 0; i < ROOMS; i++) rooms->at[i].rooms = rooms;
  return rooms;
}

void rooms_destroy(struct rooms *rooms) {
  for (size_t i = 0; i < ROOMS; i++) drop_documents(&rooms->at[i]);
  free(rooms);
}
