/* SPDX-License-Identifier: MIT */
/* Undo takes back what one person did, and leaves what others wrote. */
#include "must.h"

/* [type] */
/* Who makes a change is an address, which is compared and never read. */
static const char me, partner;

static void type(yata_doc *doc, yata_type text, const void *who, uint64_t time_ms, uint32_t index, const char *s) {
  yata_cause cause = {.origin = who, .time_ms = time_ms};
  must(yata_txn_begin_as(doc, &cause));
  must(yata_text_insert(doc, text, index, s, strlen(s)));
  must(yata_txn_commit(doc, NULL));
}
/* [end] */

int main(void) {
  yata_options one = {.client_id = 1};
  yata_doc *doc;
  yata_type text;
  yata_buf update = YATA_BUF_INIT;
  bool done;
  must(yata_doc_create(&one, &doc));
  must(yata_text(doc, "text", &text));

  /* [manager] */
  const void *mine[] = {&me};
  yata_undo_options options = {
      .scope = &text, .n_scope = 1, .origins = mine, .n_origins = 1, .capture_timeout_ms = 500};
  yata_undo_manager *undo;
  must(yata_undo_create(doc, &options, &undo)); /* goes with the document */
  /* [end] */

  type(doc, text, &me, 1000, 0, "one");
  type(doc, text, &me, 1200, 3, " two"); /* within 500 ms: the same step */
  type(doc, text, &partner, 1300, 0, "[theirs]");
  type(doc, text, &me, 3000, 15, " three");
  print_text("typed", doc, text);
  printf("steps to undo: %zu\n", yata_undo_depth(undo, YATA_STACK_UNDO));

  /* [undo] */
  must(yata_undo_undo(undo, 4000, &update, &done)); /* `update` is for the others, like any */
  print_text("undone once", doc, text);
  must(yata_undo_undo(undo, 4100, &update, &done));
  print_text("undone twice", doc, text);
  must(yata_undo_undo(undo, 4200, &update, &done));
  printf("a third time: %s\n", done ? "done" : "nothing left to undo");
  must(yata_undo_redo(undo, 4300, &update, &done));
  print_text("redone", doc, text);
  /* [end] */

  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
  return 0;
}
