#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write a JSON file as a C array: embed_text.py IN OUT NAME HEADER. The text is checked and made compact."""
import json
import sys

source, target, name, header = sys.argv[1:]
with open(source, encoding="utf-8") as f:
    data = json.dumps(json.load(f), ensure_ascii=False, separators=(",", ":")).encode()
with open(target, "w", encoding="utf-8") as out:
    out.write("/* SPDX-License-Identifier: MIT */\n")
    out.write(f'#include "{header}"\n\nconst unsigned char {name}[] = {{')
    for i, byte in enumerate(data):
        out.write(("\n  " if i % 20 == 0 else " ") + f"{byte},")
    out.write(f"\n}};\nconst size_t {name}_len = sizeof({name});\n")
