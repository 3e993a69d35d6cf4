/* SPDX-License-Identifier: MIT */
/* Updates in version 2 without a document. Merging and diffing go by way of version 1, where they are the same. */
#include "update.h"
#include "v2.h"

int yata_update_validate_v2(const uint8_t *update, size_t len, size_t *error_offset) {
  static const struct yata_v2_walk nothing;
  return yata_v2_walk(update, len, YATA_NESTING_MAX, NULL, &nothing, error_offset, NULL);
}

const char *yata_update_explain_v2(const uint8_t *update, size_t len, size_t *error_offset) {
  static const struct yata_v2_walk nothing;
  const char *what;
  int err = yata_v2_walk(update, len, YATA_NESTING_MAX, NULL, &nothing, error_offset, &what);
  return err < 0 ? what : NULL;
}

int yata_update_detect(const uint8_t *update, size_t len) {
  if (yata_update_validate(update, len, NULL) == 0) return 1;
  return yata_update_validate_v2(update, len, NULL) == 0 ? 2 : 0;
}

/* ---- counting ----------------------------------------------------------------------------- */

static int count_section(void *user, uint64_t client, uint64_t structs) {
  (void)client;
  (void)structs;
  ((yata_update_info *)user)->clients++;
  return 0;
}

static int count_struct(void *user, const struct yata_v2_struct *vs) {
  yata_update_info *info = user;
  info->structs++;
  if (vs->st.kind != YATA_WIRE_SKIP) info->units += vs->st.len;
  return 0;
}

static int count_deleted(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  (void)client;
  (void)clock;
  (void)len;
  ((yata_update_info *)user)->deleted_ranges++;
  return 0;
}

int yata_update_inspect_v2(const uint8_t *update, size_t len, yata_update_info *out) {
  *out = (yata_update_info){0};
  const struct yata_v2_walk walk = {count_section, count_struct, count_deleted, out};
  return yata_v2_walk(update, len, YATA_NESTING_MAX, NULL, &walk, NULL, NULL);
}

/* ---- by way of version 1 -------------------------------------------------------------------- */

/* Convert all updates: *v1 holds one after the other, slices[i] their places; both are the caller's to free. */
static int all_to_v1(const yata_slice *updates, size_t count, yata_buf *v1, yata_slice *slices) {
  for (size_t i = 0; i < count; i++) {
    size_t at = v1->len;
    YATA_TRY(yata_update_to_v1(updates[i].data, updates[i].len, YATA_V2_STRUCTS, v1, NULL));
    slices[i].len = v1->len - at;
  }
  const uint8_t *p = v1->data;
  for (size_t i = 0; i < count; p += slices[i++].len) slices[i].data = p;
  return 0;
}

static int merge(const yata_slice *updates, size_t count, yata_slice *slices, yata_buf *v1, yata_buf *merged,
                 yata_buf *out) {
  YATA_TRY(all_to_v1(updates, count, v1, slices));
  if (count == 1) return yata_buf_put(out, updates[0].data, updates[0].len);
  YATA_TRY(yata_merge_held(slices, count, merged));
  return yata_update_to_v2(merged->data, merged->len, out);
}

int yata_merge_updates_v2(const yata_slice *updates, size_t count, yata_buf *out) {
  struct yata_mem mem = {.alloc = out->alloc};
  yata_buf v1, merged;
  yata_slice *slices = NULL;
  uint32_t cap = 0;
  yata_buf_init(&v1, out->alloc);
  yata_buf_init(&merged, out->alloc);
  int err = yata_mem_grow(&mem, &slices, &cap, count + 1, sizeof(*slices));
  if (err == 0) err = merge(updates, count, slices, &v1, &merged, out);
  yata_mem_drop(&mem, &slices, &cap, sizeof(*slices));
  yata_buf_deinit(&v1);
  yata_buf_deinit(&merged);
  return err;
}

int yata_diff_update_v2(const uint8_t *update, size_t len, const uint8_t *sv, size_t sv_len, yata_buf *out) {
  yata_buf v1, diff;
  yata_buf_init(&v1, out->alloc);
  yata_buf_init(&diff, out->alloc);
  int err = yata_update_to_v1(update, len, YATA_V2_STRUCTS, &v1, NULL);
  if (err == 0) err = yata_diff_held((yata_slice){v1.data, v1.len}, (yata_slice){sv, sv_len}, false, &diff);
  if (err == 0) err = yata_update_to_v2(diff.data, diff.len, out);
  yata_buf_deinit(&v1);
  yata_buf_deinit(&diff);
  return err;
}

int yata_update_state_vector_v2(const uint8_t *update, size_t len, yata_buf *out) {
  yata_buf v1;
  yata_buf_init(&v1, out->alloc);
  int err = yata_update_v2_to_v1(update, len, &v1);
  if (err == 0) err = yata_update_state_vector(v1.data, v1.len, out);
  yata_buf_deinit(&v1);
  return err;
}
