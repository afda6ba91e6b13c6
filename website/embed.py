#!/usr/bin/env python3
"""embed.py WEBSITE_JSON OUT_CPP: the website's files, packed, as a table in C++. String literals compile in no time."""

import gzip
import hashlib
import json
import sys
from pathlib import Path

BYTES_A_LINE = 4096


def literal(data):
    """Octal escapes of three digits end by themselves, whatever follows."""
    lines = [data[i:i + BYTES_A_LINE] for i in range(0, len(data), BYTES_A_LINE)]
    return "\n".join('"' + "".join(f"\\{byte:03o}" for byte in line) + '"' for line in lines)


def main():
    website, out = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    text = ['#include "server/website/website.hpp"\n\n#include <array>\n\nnamespace activitytrack::server {\nnamespace {\n']
    rows = []
    for i, file in enumerate(website["files"]):
        content = (Path(website["folder"]) / file["name"]).read_bytes()
        packed, digest = gzip.compress(content, 9, mtime=0), hashlib.sha256(content).hexdigest()[:16]
        text.append(f"constexpr char packed_{i}[] =\n{literal(packed)};\n")
        rows.append(f'    {{"{file["name"]}", "{file["type"]}", "{digest}", {{packed_{i}, {len(packed)}}}}},\n')
    text.append(f"\nconstexpr std::array<WebsiteFile, {len(rows)}> files = {{{{\n{''.join(rows)}}}}};\n\n}}  // namespace\n\n"
                "std::span<const WebsiteFile> built_in_website() { return files; }\n\n}  // namespace activitytrack::server\n")
    out.write_text("".join(text))


if __name__ == "__main__":
    main()
