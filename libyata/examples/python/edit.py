# SPDX-License-Identifier: MIT
"""Read an update that Yjs wrote, edit its text, and send another replica only what it lacks.

usage: edit.py FILE
"""

import sys

import yata

# [edit]
with open(sys.argv[1], "rb") as stream:
    saved = stream.read()

with yata.Doc(client_id=7) as doc, yata.Doc(client_id=8) as other:
    doc.apply(saved)
    other.apply(saved)
    text = doc.text("notes")
    print("from Yjs:", text)
    with doc.transaction():
        text.insert(len(text), ", and Python")
        text.delete(0, 6)
    print("edited:", text)

    update = doc.encode(other.state_vector())
    other.apply(update)
    print("the other side:", other.json())
    print(len(update) < len(doc.encode()), "- the update is smaller than the whole")

    try:
        other.apply(update[:-1])
    except yata.Error as error:
        print("refused:", error)
# [end]
