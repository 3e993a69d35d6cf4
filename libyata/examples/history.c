/* SPDX-License-Identifier: MIT */
/* Snapshots, and positions that stay beside their text. */
#include "must.h"

static void edit(yata_doc *doc, yata_type text, uint32_t index, uint32_t removed, const char *added) {
  must(yata_txn_begin(doc));
  must(yata_text_delete(doc, text, index, removed));
  must(yata_text_insert(doc, text, index, added, strlen(added)));
  must(yata_txn_commit(doc, NULL));
}

int main(void) {
  yata_doc *doc, *then;
  yata_type text, old_text;
  yata_buf out = YATA_BUF_INIT;
  uint32_t index;

  /* [snapshot] */
  yata_options options = {.client_id = 1, .keep_deleted = true}; /* else deleted text is erased */
  yata_snapshot snapshot = YATA_SNAPSHOT_INIT;
  must(yata_doc_create(&options, &doc));
  must(yata_text(doc, "text", &text));
  edit(doc, text, 0, 0, "the first draft");
  must(yata_snapshot_take(&snapshot, doc)); /* a few bytes; it holds no content */
  edit(doc, text, 4, 5, "second");
  print_text("now", doc, text);

  must(yata_text_read_at(doc, text, &snapshot, &out)); /* read what it was */
  printf("as of the snapshot: %.*s\n", (int)out.len, (const char *)out.data);

  must(yata_snapshot_restore(doc, &snapshot, NULL, &then)); /* or as a document of its own */
  must(yata_text(then, "text", &old_text));
  print_text("restored", then, old_text);
  yata_doc_destroy(then);
  yata_snapshot_deinit(&snapshot);
  /* [end] */

  /* [position] */
  yata_relpos caret = YATA_RELPOS_INIT, received = YATA_RELPOS_INIT;
  must(yata_relpos_create(doc, text, 11, 0, &caret)); /* before "draft" */
  yata_buf_clear(&out);
  must(yata_relpos_to_json(&caret, &out)); /* as it stands in awareness states; yata_relpos_encode for bytes */
  printf("caret: %.*s\n", (int)out.len, (const char *)out.data);
  edit(doc, text, 0, 0, "this is ");
  must(yata_relpos_from_json(&received, (const char *)out.data, out.len));
  must(yata_relpos_resolve(doc, &received, true, &text, &index));
  printf("the caret is at %u now\n", index);
  must(yata_txn_begin(doc));
  must(yata_relpos_insert_text(doc, &received, "good ", 5));
  must(yata_txn_commit(doc, NULL));
  print_text("typed there", doc, text);
  yata_relpos_deinit(&caret);
  yata_relpos_deinit(&received);
  /* [end] */

  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
  return 0;
}
