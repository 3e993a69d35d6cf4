/* SPDX-License-Identifier: MIT */
/* Relative positions in a document: making them, finding them again. Spec: Yjs' RelativePosition.js. */
#include "relpos.h"

#include "edit.h"
#include "redone.h"
#include "tree.h"

void yata_relpos_deinit(yata_relpos *pos) {
  yata_buf_deinit(&pos->name);
  *pos = (yata_relpos){.name = {.alloc = pos->name.alloc}};
}

int yata_relpos_name(yata_relpos *pos, yata_slice name) {
  pos->has_name = true;
  return yata_buf_put(&pos->name, name.data, name.len);
}

int yata_relpos_replace(yata_relpos *pos, yata_relpos *fresh, int err) {
  if (err < 0) {
    yata_relpos_deinit(fresh);
    return err;
  }
  yata_relpos_deinit(pos);
  *pos = *fresh;
  return 0;
}

bool yata_relpos_equal(const yata_relpos *a, const yata_relpos *b) {
  if (a->has_type != b->has_type || a->has_name != b->has_name || a->has_item != b->has_item) return false;
  if (a->has_type && (a->type.client != b->type.client || a->type.clock != b->type.clock)) return false;
  if (a->has_item && (a->item.client != b->item.client || a->item.clock != b->item.clock)) return false;
  if (a->has_name &&
      (a->name.len != b->name.len || (a->name.len > 0 && memcmp(a->name.data, b->name.data, a->name.len) != 0)))
    return false;
  return a->assoc == b->assoc;
}

/* ---- making ------------------------------------------------------------------------------- */

static int name_type(const yata_doc *doc, uint32_t t, yata_relpos *pos) {
  const struct yata_typ *typ = &doc->types[t];
  if (typ->item == 0) return yata_relpos_name(pos, yata_key_bytes(doc, typ->name));
  const struct yata_item *holder = yata_item_at(doc, typ->item);
  pos->has_type = true;
  pos->type = (yata_id){doc->clients[holder->client].id, holder->clock};
  return 0;
}

/* The visible unit at an index. */
static yata_id unit_at(yata_doc *doc, uint32_t t, uint32_t index) {
  uint32_t start;
  const struct yata_item *it = yata_item_at(doc, yata_seek(doc, t, index + 1, &start));
  return (yata_id){doc->clients[it->client].id, it->clock + (index - start)};
}

int yata_relpos_create(yata_doc *doc, yata_type type, uint32_t index, int64_t assoc, yata_relpos *out) {
  yata_relpos fresh = {.assoc = assoc, .name = {.alloc = out->name.alloc}};
  uint32_t t;
  YATA_TRY(yata_handle(doc, type, YATA_KIND_NONE, &t));
  if (doc->types[t].kind == YATA_KIND_MAP || doc->types[t].kind == YATA_KIND_XML_HOOK) return YATA_ERR_KIND;
  uint32_t length = doc->types[t].length;
  if (index > length) return YATA_ERR_RANGE;
  fresh.has_item = assoc < 0 ? index > 0 : index < length;
  if (fresh.has_item) fresh.item = unit_at(doc, t, assoc < 0 ? index - 1 : index);
  return yata_relpos_replace(out, &fresh, name_type(doc, t, &fresh));
}

/* ---- finding ------------------------------------------------------------------------------ */

/* The item that holds a unit, and which of its units that is. */
static int item_of(yata_doc *doc, yata_id id, bool follow, uint32_t *h, uint32_t *offset) {
  if (id.clock >= yata_client_state(doc, id.client)) return YATA_ERR_NOT_FOUND;
  uint32_t client = yata_client_find(doc, id.client);
  if (follow) {
    yata_follow_redone(doc, client, (uint32_t)id.clock, h, offset);
  } else {
    *h = yata_index_lookup(doc, client, (uint32_t)id.clock);
    *offset = (uint32_t)id.clock - yata_item_at(doc, *h)->clock;
  }
  return yata_item_at(doc, *h)->kind == YATA_WIRE_GC ? YATA_ERR_ERASED : 0;
}

static int resolve_item(yata_doc *doc, const yata_relpos *pos, bool follow, uint32_t *t, uint32_t *index) {
  uint32_t h, offset;
  YATA_TRY(item_of(doc, pos->item, follow, &h, &offset));
  const struct yata_item *it = yata_item_at(doc, h);
  *t = it->parent;
  *index = yata_index_of(doc, h);
  if (yata_item_counts(it)) *index += offset + (pos->assoc < 0);
  return 0;
}

/* The type itself: its end, or its start. */
static int resolve_type(yata_doc *doc, const yata_relpos *pos, bool follow, uint32_t *t, uint32_t *index) {
  uint32_t h, offset;
  if (pos->has_name) {
    *t = yata_root_find(doc, (yata_slice){pos->name.data, pos->name.len});
    if (*t == 0) return YATA_ERR_NOT_FOUND;
  } else {
    YATA_TRY(item_of(doc, pos->type, follow, &h, &offset));
    const struct yata_item *it = yata_item_at(doc, h);
    if (it->kind != YATA_WIRE_TYPE) return it->kind == YATA_WIRE_DELETED ? YATA_ERR_ERASED : YATA_ERR_NOT_FOUND;
    *t = it->content;
  }
  *index = pos->assoc < 0 ? 0 : doc->types[*t].length;
  return 0;
}

int yata_relpos_resolve(yata_doc *doc, const yata_relpos *pos, bool follow, yata_type *type, uint32_t *index) {
  uint32_t t = 0, at = 0;
  if (!pos->has_item && !pos->has_name && !pos->has_type) return YATA_ERR_INVALID;
  YATA_TRY(pos->has_item ? resolve_item(doc, pos, follow, &t, &at) : resolve_type(doc, pos, follow, &t, &at));
  YATA_TRY(yata_handle(doc, yata_handle_of(doc, t), YATA_KIND_NONE, &t));
  *type = yata_handle_of(doc, t);
  *index = at;
  return 0;
}

/* ---- editing there ------------------------------------------------------------------------- */

int yata_relpos_insert_text(yata_doc *doc, const yata_relpos *pos, const char *utf8, size_t len) {
  yata_type type;
  uint32_t index;
  YATA_TRY(yata_relpos_resolve(doc, pos, true, &type, &index));
  return yata_text_insert(doc, type, index, utf8, len);
}

int yata_relpos_insert(yata_doc *doc, const yata_relpos *pos, const yata_any *values, size_t count) {
  yata_type type;
  uint32_t index;
  YATA_TRY(yata_relpos_resolve(doc, pos, true, &type, &index));
  return yata_array_insert(doc, type, index, values, count);
}

int yata_relpos_delete(yata_doc *doc, const yata_relpos *from, const yata_relpos *to) {
  yata_type type, other;
  uint32_t a, b;
  YATA_TRY(yata_relpos_resolve(doc, from, true, &type, &a));
  YATA_TRY(yata_relpos_resolve(doc, to, true, &other, &b));
  if (type.slot != other.slot) return YATA_ERR_KIND;
  uint32_t first = a < b ? a : b, count = a < b ? b - a : a - b;
  enum yata_kind kind = yata_type_kind(doc, type);
  if (kind == YATA_KIND_TEXT || kind == YATA_KIND_XML_TEXT) return yata_text_delete(doc, type, first, count);
  return yata_array_delete(doc, type, first, count);
}
