/* SPDX-License-Identifier: MIT */
/* Who wrote what: from places in a list to ids, and from ids to places. */
#include "edit.h"

/* ---- from a range to its authors --------------------------------------------------------------- */

int yata_authors_next(yata_doc *doc, yata_type type, yata_authors *cursor, yata_range *out) {
  uint32_t t, start;
  YATA_TRY(yata_handle(doc, type, YATA_KIND_NONE, &t));
  if (cursor->count == 0) return YATA_ERR_NOT_FOUND;
  uint32_t length = doc->types[t].length;
  if (cursor->index >= length || cursor->count > length - cursor->index) return YATA_ERR_RANGE;
  *out = (yata_range){0};
  while (cursor->count > 0) {
    /* Not from item to item: any number of deleted ones may stand between two. */
    const struct yata_item *it = yata_item_at(doc, yata_seek(doc, t, cursor->index + 1, &start));
    uint32_t offset = cursor->index - start, n = it->len - offset;
    const yata_range run = {doc->clients[it->client].id, (uint64_t)it->clock + offset, n};
    if (out->len > 0 && (run.client != out->client || run.clock != out->clock + out->len)) break;
    if (n > cursor->count) n = cursor->count;
    if (out->len == 0) *out = run;
    out->len = run.clock + n - out->clock;
    cursor->index += n;
    cursor->count -= n;
  }
  return 0;
}

/* ---- from ids to places ------------------------------------------------------------------------ */

static yata_located locate(yata_doc *doc, uint32_t h, uint32_t offset, uint32_t n) {
  const struct yata_item *it = yata_item_at(doc, h);
  yata_located place = {.id = {doc->clients[it->client].id, (uint64_t)it->clock + offset}, .len = n};
  place.state = it->flags & YATA_ITEM_DELETED ? YATA_LOCATED_DELETED : YATA_LOCATED_HIDDEN;
  if (place.state == YATA_LOCATED_DELETED) return place;
  place.type = yata_handle_of(doc, it->parent);
  if (it->key != 0) {
    place.state = YATA_LOCATED_KEY;
    place.key = yata_key_bytes(doc, it->key);
  } else if (yata_item_counts(it)) {
    place.state = YATA_LOCATED_INDEX;
    place.index = yata_index_of(doc, h) + offset;
  }
  return place;
}

/* Does the place go on where the other ends? */
static bool goes_on(const yata_located *a, const yata_located *b) {
  if (a->state != b->state) return false;
  if (a->state == YATA_LOCATED_DELETED) return true;
  return a->state == YATA_LOCATED_INDEX && a->type.slot == b->type.slot && a->index + a->len == b->index;
}

int yata_locate_next(yata_doc *doc, yata_range *rest, yata_located *out) {
  uint32_t client = yata_client_find(doc, rest->client);
  *out = (yata_located){0};
  if (client == YATA_NO_CLIENT || rest->clock >= doc->clients[client].state) return YATA_ERR_NOT_FOUND;
  const struct yata_client *c = &doc->clients[client];
  if (rest->len > c->state - rest->clock) rest->len = c->state - rest->clock;
  if (rest->len == 0) return YATA_ERR_NOT_FOUND;
  struct yata_pos pos = yata_index_find(c, (uint32_t)rest->clock);
  do {
    uint32_t h = yata_index_at(c, pos), offset = (uint32_t)rest->clock - yata_item_at(doc, h)->clock;
    uint32_t n = yata_item_at(doc, h)->len - offset;
    if (n > rest->len) n = (uint32_t)rest->len;
    yata_located place = locate(doc, h, offset, n);
    if (out->len > 0 && !goes_on(out, &place)) break;
    if (out->len == 0) *out = place;
    out->len = (uint32_t)(place.id.clock + n - out->id.clock);
    rest->clock += n;
    rest->len -= n;
  } while (rest->len > 0 && yata_index_next(c, &pos));
  return 0;
}
