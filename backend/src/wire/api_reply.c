/* SPDX-License-Identifier: MIT */
#include "wire/api_reply.h"

#include <string.h>

#include "base/clock.h"
#include "wire/api_json.h"

/* `,"key":"value"`; the first key of an object goes without the comma. */
static int member(const char *before, const char *key, const char *value, struct buf *out) {
  int err = buf_printf(out, "%s\"%s\":", before, key);
  return err ? err : api_json_string(value ? value : "", out);
}

static int member_time(const char *key, uint64_t unix_ms, struct buf *out) {
  char text[25];
  clock_iso8601(unix_ms, text);
  return member(",", key, text, out);
}

int api_reply_room(const struct api_room_view *room, struct buf *out) {
  int err = member("{", "room_id", room->id, out);
  if (!err) err = member(",", "name", room->name, out);
  if (!err) err = member(",", "language", room->language, out);
  if (!err) err = member(",", "created_by", room->owner_name, out);
  if (!err) err = member_time("created_at", room->created_at, out);
  if (!err) err = member_time("updated_at", room->updated_at, out);
  if (!err) err = buf_printf(out, ",\"members\":%zu", room->members);
  if (!err && room->code) {
    err = buf_append_str(out, ",\"code\":");
    if (!err) err = api_json_bytes(room->code, room->code_len, out);
  }
  if (err) return err;
  return buf_printf(out,
                    ",\"links\":{\"self\":\"/api/v1/rooms/%s\",\"files\":\"/api/v1/rooms/%s/files\","
                    "\"history\":\"/api/v1/rooms/%s/history\","
                    "\"websocket\":\"/api/v1/ws/%s\",\"yjs\":\"/api/v1/yjs/%s\",\"editor\":\"/rooms/%s\"}}",
                    room->id, room->id, room->id, room->id, room->id, room->id);
}

int api_reply_file(const struct api_file_view *file, struct buf *out) {
  int err = member("{", "path", file->path, out);
  if (!err) err = member(",", "language", file->language, out);
  if (!err) err = buf_printf(out, ",\"bytes\":%zu,\"main\":%s", file->bytes, file->main ? "true" : "false");
  if (!err) err = member(",", "link", file->link, out);
  return err ? err : buf_append_str(out, "}");
}

int api_reply_point(const struct api_point_view *p, struct buf *out) {
  unsigned long long seq = p->seq;
  int err = buf_printf(out, "{\"seq\":%llu", seq);
  if (!err) err = member_time("from", p->from_ms, out);
  if (!err) err = member_time("at", p->at_ms, out);
  if (!err) err = member(",", "author", p->author, out);
  if (err) return err;
  return buf_printf(out, ",\"updates\":%llu,\"bytes\":%llu,\"link\":\"/api/v1/rooms/%s/history/%llu\"}",
                    (unsigned long long)p->updates, (unsigned long long)p->bytes, p->room_id, seq);
}

int api_reply_moment(const struct api_moment_view *m, struct buf *out) {
  unsigned long long seq = m->seq;
  int err = buf_printf(out, "{\"seq\":%llu", seq);
  if (!err) err = member_time("at", m->at_ms, out);
  if (!err) err = member(",", "author", m->author, out);
  if (!err) err = member(",", "name", m->name, out);
  if (err) return err;
  return buf_printf(out,
                    ",\"links\":{\"self\":\"/api/v1/rooms/%s/history/%llu\","
                    "\"restore\":\"/api/v1/rooms/%s/history/%llu/restore\"}",
                    m->room_id, seq, m->room_id, seq);
}

int api_reply_moment_file(const struct api_moment_file_view *f, struct buf *out) {
  int err = member("{", "path", f->path, out);
  if (!err) err = member(",", "language", f->language, out);
  if (!err) err = buf_printf(out, ",\"main\":%s,\"text\":", f->main ? "true" : "false");
  if (!err) err = api_json_bytes(f->text ? f->text : (const uint8_t *)"", f->text_len, out);
  return err ? err : buf_append_str(out, "}");
}

static int append_lines(const char *lines, size_t len, struct buf *out) {
  int err = 0;
  for (size_t at = 0; at < len && !err;) {
    const char *end = memchr(lines + at, '\n', len - at);
    size_t line = end ? (size_t)(end - lines) - at : len - at;
    if (at) err = buf_append_byte(out, ',');
    if (!err) err = api_json_bytes((const uint8_t *)lines + at, line, out);
    at += line + 1;
  }
  return err;
}

int api_export_record(const struct api_export_view *r, struct buf *out) {
  int err = buf_append_str(out, "{\"format\":1");
  if (!err) err = member(",", "room_id", r->room_id, out);
  if (!err) err = member(",", "name", r->name, out);
  if (!err) err = member(",", "language", r->language, out);
  if (!err) err = member(",", "owner_name", r->owner_name, out);
  if (!err) err = member(",", "owner_mail", r->owner_mail, out);
  if (!err) err = member_time("created_at", r->created_at, out);
  if (!err) err = member_time("updated_at", r->updated_at, out);
  if (!err)
    err = buf_printf(out, ",\"last_seq\":%llu,\"history_rows\":%llu,\"log_rows\":%llu,\"problems\":[",
                     (unsigned long long)r->last_seq, (unsigned long long)r->history_rows,
                     (unsigned long long)r->log_rows);
  if (!err) err = append_lines(r->problems, r->problems_len, out);
  return err ? err : buf_append_str(out, "]}\n");
}

int api_reply_suggestion(const struct api_suggestion_view *s, struct buf *out) {
  int err = member("{", "label", s->label, out);
  if (!err) err = member(",", "kind", s->kind, out);
  if (!err) err = member(",", "insertText", s->insert_text, out);
  if (!err) err = member(",", "detail", s->detail, out);
  return err ? err : buf_append_str(out, "}");
}

int api_reply_health(const struct api_health_view *h, struct buf *out) {
  int err = buf_printf(out, "{\"status\":\"%s\",\"database\":{\"kind\":\"%s\",\"up\":%s", h->up ? "ok" : "unavailable",
                       h->kind, h->up ? "true" : "false");
  if (!err) err = member(",", "reason", h->reason, out);
  return err ? err
             : buf_printf(out, ",\"backlog_bytes\":%llu},\"uptime\":%llu}", (unsigned long long)h->backlog_bytes,
                          (unsigned long long)h->uptime_s);
}
