/* SPDX-License-Identifier: MIT */
/* Two replicas are edited apart, and brought together. */
#include "must.h"

/* [open] */
/* A document, and the text in it that all replicas call "notes". */
static yata_doc *open_doc(uint64_t client_id, yata_type *notes) {
  yata_options options = {.client_id = client_id}; /* nobody else may edit under this number */
  yata_doc *doc;
  must(yata_doc_create(&options, &doc));
  must(yata_text(doc, "notes", notes));
  return doc;
}
/* [end] */

/* [edit] */
static void insert(yata_doc *doc, yata_type text, uint32_t index, const char *utf8) {
  must(yata_txn_begin(doc));
  must(yata_text_insert(doc, text, index, utf8, strlen(utf8)));
  must(yata_txn_commit(doc, NULL)); /* or &update: the bytes that tell others of it */
}
/* [end] */

/* [sync] */
/* Bring `to` up to what `from` knows: two messages, the state vector there and the update back. */
static void sync_into(yata_doc *to, const yata_doc *from) {
  yata_buf known = YATA_BUF_INIT, missing = YATA_BUF_INIT;
  must(yata_encode_state_vector(to, &known));
  must(yata_encode_state_as_update(from, known.data, known.len, &missing));
  must(yata_apply_update(to, missing.data, missing.len, NULL));
  yata_buf_deinit(&known);
  yata_buf_deinit(&missing);
}
/* [end] */

/* [files] */
/* A log of updates becomes one, in the more compact version 2, and is read again. */
static yata_doc *through_a_file(const yata_slice *log, size_t count, yata_type *notes) {
  yata_buf merged = YATA_BUF_INIT, v2 = YATA_BUF_INIT;
  must(yata_merge_updates(log, count, &merged));
  must(yata_update_v1_to_v2(merged.data, merged.len, &v2));
  yata_doc *doc = open_doc(3, notes);
  must(yata_apply_update_v2(doc, v2.data, v2.len, NULL));
  yata_buf_deinit(&merged);
  yata_buf_deinit(&v2);
  return doc;
}
/* [end] */

int main(void) {
  yata_type ann_notes, bob_notes, file_notes;
  yata_buf ann_state = YATA_BUF_INIT, bob_state = YATA_BUF_INIT;
  yata_doc *ann = open_doc(1, &ann_notes), *bob = open_doc(2, &bob_notes);
  insert(ann, ann_notes, 0, "bread, milk");
  sync_into(bob, ann);

  insert(ann, ann_notes, 0, "buy: ");
  insert(bob, bob_notes, 11, ", tea");
  print_text("ann alone", ann, ann_notes);
  print_text("bob alone", bob, bob_notes);
  sync_into(ann, bob);
  sync_into(bob, ann);
  print_text("ann", ann, ann_notes);
  print_text("bob", bob, bob_notes);

  must(yata_encode_state_as_update(ann, NULL, 0, &ann_state));
  must(yata_encode_state_as_update(bob, NULL, 0, &bob_state));
  yata_slice log[] = {{ann_state.data, ann_state.len}, {bob_state.data, bob_state.len}};
  yata_doc *file = through_a_file(log, 2, &file_notes);
  print_text("from a file", file, file_notes);
  yata_buf_deinit(&ann_state);
  yata_buf_deinit(&bob_state);
  yata_doc_destroy(ann);
  yata_doc_destroy(bob);
  yata_doc_destroy(file);
  return 0;
}
