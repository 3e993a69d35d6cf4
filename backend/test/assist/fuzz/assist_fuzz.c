/* SPDX-License-Identifier: MIT */
/* libFuzzer: byte 0 chooses the language, bytes 1 and 2 the cursor, the rest is code. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const languages[] = {
      "python", "javascript", "typescript", "c", "cpp", "go", "rust", "java", "plaintext",
  };
  if (size < 3) return 0;
  struct assist_request request = {
      .code = (const char *)data + 3,
      .code_len = size - 3,
      .cursor_utf16 = (size_t)data[1] << 8 | data[2],
      .language = languages[data[0] % (sizeof languages / sizeof languages[0])],
  };
  const char *broken = check_question(&request);
  if (broken != NULL) {
    fprintf(stderr, "%s\n", broken);
    abort();
  }
  return 0;
}
