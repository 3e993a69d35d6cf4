/* SPDX-License-Identifier: MIT */
/* Reading text: all of it, or run by run with its attributes, as Y.Text.toDelta. */
#include "text.h"

int yata_text_read(const yata_doc *doc, yata_type text, yata_buf *out) {
  uint32_t t;
  size_t at = out->len;
  YATA_TRY(yata_handle(doc, text, YATA_KIND_TEXT, &t));
  YATA_TRY(yata_buf_reserve(out, doc->types[t].length));
  for (uint32_t h = doc->types[t].start; h != 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    if ((it->flags & YATA_ITEM_DELETED) || it->kind != YATA_WIRE_STRING) continue;
    int err = yata_text_encode(&doc->clients[it->client].text, it->content, it->len, false, out);
    if (err < 0) {
      out->len = at;
      return err;
    }
  }
  return 0;
}

/* ---- runs --------------------------------------------------------------------------------- */

struct state {
  uint32_t next; /* item */
  uint64_t steps;
  struct yata_formats now;
  struct yata_formats shown; /* `now` in the order of an object's members */
  bool stale;                /* `shown` and `entries` are of an earlier `now` */
  yata_any_entry *entries;
  uint32_t cap_entries;
  yata_buf text;
};

static int show(struct yata_doc *doc, struct state *s) {
  s->shown.n = 0;
  for (uint32_t i = 0; i < s->now.n; i++) YATA_TRY(yata_formats_add_member(doc, &s->shown, s->now.v[i]));
  YATA_TRY(yata_mem_grow(&doc->mem, &s->entries, &s->cap_entries, s->shown.n, sizeof(*s->entries)));
  for (uint32_t i = 0; i < s->shown.n; i++) {
    struct yata_format a = yata_format_read(doc, s->shown.v[i]);
    s->entries[i] = (yata_any_entry){.key = a.key, .value = {.kind = YATA_ANY_JSON}};
    s->entries[i].value.u.bytes.data = a.value.data;
    s->entries[i].value.u.bytes.len = a.value.len;
  }
  s->stale = false;
  return 0;
}

static int embed_run(struct yata_doc *doc, const struct yata_item *it, yata_text_run *run) {
  run->len = 1;
  if (it->kind == YATA_WIRE_TYPE) {
    run->kind = YATA_TEXT_TYPE;
    run->type = yata_handle_of(doc, it->content);
    return 0;
  }
  yata_slice raw = yata_value_bytes(&doc->clients[it->client].values, it->content), json;
  struct yata_rd rd = yata_rd_of(raw.data, raw.len);
  YATA_TRY(yata_rd_bytes(&rd, &json));
  run->kind = YATA_TEXT_EMBED;
  run->embed.kind = YATA_ANY_JSON;
  run->embed.u.bytes.data = json.data;
  run->embed.u.bytes.len = json.len;
  return 0;
}

/* Collect one run. Before a format, and an embed, the text so far is one. */
static int collect(struct yata_doc *doc, struct state *s, yata_text_run *run) {
  yata_buf_clear(&s->text);
  for (; s->next != 0; s->next = doc->items[s->next].right) {
    const struct yata_item *it = &doc->items[s->next];
    bool other = it->kind == YATA_WIRE_FORMAT || it->kind == YATA_WIRE_EMBED || it->kind == YATA_WIRE_TYPE;
    if (it->flags & YATA_ITEM_DELETED) continue;
    if (it->kind == YATA_WIRE_STRING) {
      YATA_TRY(yata_text_encode(&doc->clients[it->client].text, it->content, it->len, false, &s->text));
      run->len += it->len;
    } else if (other && run->len > 0) {
      break;
    } else if (it->kind == YATA_WIRE_FORMAT) {
      YATA_TRY(yata_formats_update(doc, &s->now, yata_format_of(doc, s->next)));
      s->stale = true;
    } else if (other) {
      YATA_TRY(embed_run(doc, it, run));
      s->next = it->right;
      break;
    }
  }
  if (run->len == 0) return YATA_ERR_NOT_FOUND;
  if (run->kind == YATA_TEXT_INSERT) run->text = (yata_slice){s->text.data, s->text.len};
  return s->stale ? show(doc, s) : 0;
}

static int begin(struct yata_doc *doc, uint32_t t, yata_text_cursor *cursor) {
  struct state *s = yata_mem_resize(&doc->mem, NULL, 0, sizeof(*s));
  if (s == NULL) return YATA_ERR_NOMEM;
  *s = (struct state){.next = doc->types[t].start};
  yata_buf_init(&s->text, &doc->alloc);
  cursor->state = s;
  return 0;
}

int yata_text_next(const yata_doc *const_doc, yata_type text, yata_text_cursor *cursor, yata_text_run *run) {
  /* Memory that the cursor takes is the document's; its content stays as it is. */
  struct yata_doc *doc = (struct yata_doc *)const_doc;
  uint32_t t;
  *run = (yata_text_run){.kind = YATA_TEXT_INSERT};
  YATA_TRY(yata_handle(doc, text, YATA_KIND_TEXT, &t));
  if (cursor->state == NULL) YATA_TRY(begin(doc, t, cursor));
  struct state *s = cursor->state;
  uint64_t steps = doc->txn.steps;
  doc->txn.steps = s->steps;
  int err = collect(doc, s, run);
  s->steps = doc->txn.steps;
  doc->txn.steps = steps;
  if (err < 0) return err;
  run->index = cursor->index;
  run->attributes = s->entries;
  run->n_attributes = s->shown.n;
  cursor->index += run->len;
  return 0;
}

void yata_text_cursor_deinit(const yata_doc *const_doc, yata_text_cursor *cursor) {
  struct yata_doc *doc = (struct yata_doc *)const_doc;
  struct state *s = cursor->state;
  if (s != NULL) {
    yata_formats_deinit(doc, &s->now);
    yata_formats_deinit(doc, &s->shown);
    yata_mem_drop(&doc->mem, &s->entries, &s->cap_entries, sizeof(*s->entries));
    yata_buf_deinit(&s->text);
    yata_mem_resize(&doc->mem, s, sizeof(*s), 0);
  }
  *cursor = (yata_text_cursor){0};
}

/* ---- as JSON ------------------------------------------------------------------------------ */

static int put(yata_buf *out, const char *text) {
  return yata_buf_put(out, text, strlen(text));
}

static int put_attributes(const yata_text_run *run, yata_buf *out) {
  for (size_t i = 0; i < run->n_attributes; i++) {
    const yata_any_entry *e = &run->attributes[i];
    YATA_TRY(put(out, i == 0 ? ",\"attributes\":{" : ","));
    YATA_TRY(yata_json_put_string(out, e->key));
    YATA_TRY(put(out, ":"));
    YATA_TRY(yata_buf_put(out, e->value.u.bytes.data, e->value.u.bytes.len));
  }
  return run->n_attributes > 0 ? put(out, "}") : 0;
}

static int put_run(const yata_doc *doc, const yata_text_run *run, yata_buf *out) {
  YATA_TRY(put(out, "{\"insert\":"));
  if (run->kind == YATA_TEXT_INSERT)
    YATA_TRY(yata_json_put_string(out, run->text));
  else if (run->kind == YATA_TEXT_TYPE)
    YATA_TRY(yata_to_json(doc, run->type, out));
  else
    YATA_TRY(yata_buf_put(out, run->embed.u.bytes.data, run->embed.u.bytes.len));
  YATA_TRY(put_attributes(run, out));
  return put(out, "}");
}

int yata_text_delta(const yata_doc *doc, yata_type text, yata_buf *out) {
  yata_text_cursor cursor = {0};
  yata_text_run run;
  size_t at = out->len;
  const char *before = "[";
  uint64_t attributes = 0; /* printed */
  int err;
  while ((err = yata_text_next(doc, text, &cursor, &run)) == 0) {
    attributes += run.n_attributes;
    err = attributes > doc->max_steps ? YATA_ERR_LIMIT : put(out, before);
    if (err == 0) err = put_run(doc, &run, out);
    if (err < 0) break;
    before = ",";
  }
  yata_text_cursor_deinit(doc, &cursor);
  if (err == YATA_ERR_NOT_FOUND) err = put(out, out->len == at ? "[]" : "]");
  if (err < 0) out->len = at;
  return err;
}
