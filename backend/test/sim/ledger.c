/* SPDX-License-Identifier: MIT */
#include "ledger.h"

#include <inttypes.h>

#include "dice.h"

void ledger_deinit(struct ledger *l) {
  for (size_t i = 0; i < l->count; i++) blob_unref(l->all[i].update);
  free(l->all);
  *l = (struct ledger){0};
}

void ledger_add(struct ledger *l, size_t room, uint64_t at_ms, struct blob *update) {
  if (l->count == l->cap) {
    l->cap = l->cap ? l->cap * 2 : 256;
    l->all = must_alloc(realloc(l->all, l->cap * sizeof *l->all));
  }
  l->all[l->count++] = (struct ledger_entry){room, at_ms, blob_ref(update)};
}

bool ledger_check(const struct ledger *l, size_t room, uint64_t before_ms, yata_doc *doc, char *why, size_t size) {
  for (size_t i = 0; i < l->count && l->all[i].at_ms < before_ms; i++) {
    const struct ledger_entry *e = &l->all[i];
    if (e->room != room) continue;
    yata_applied applied = {0};
    MUST(yata_apply_update(doc, e->update->data, e->update->len, &applied));
    if (!applied.changed) continue;
    snprintf(why, size, "an update of %zu bytes, acknowledged at %" PRIu64 " ms, is missing%s", e->update->len,
             e->at_ms, e->update->data[0] == 0 ? " (a deletion)" : "");
    return false;
  }
  return true;
}
