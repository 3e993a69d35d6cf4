/* SPDX-License-Identifier: MIT */
#include "store/rowsum.h"

#include <string.h>
#include <zlib.h>

uint32_t rowsum(const char *room_id, const struct store_row *row) {
  uint8_t at[8];
  for (size_t i = 0; i < sizeof at; i++) at[i] = (uint8_t)(row->at >> (8 * i));
  uLong crc = crc32_z(0, (const Bytef *)room_id, strlen(room_id) + 1);
  crc = crc32_z(crc, (const Bytef *)row->author, strlen(row->author) + 1);
  crc = crc32_z(crc, at, sizeof at);
  return (uint32_t)crc32_z(crc, row->data, row->len);
}

uint32_t rowsum_of(const char *room_id, const char *author, uint64_t at, const struct blob *payload) {
  return rowsum(room_id, &(struct store_row){.author = author, .at = at, .data = payload->data, .len = payload->len});
}
