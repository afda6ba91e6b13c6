#!/usr/bin/env python3
"""bundle.py ESBUILD OUT: makes the website's files in the folder OUT/dist, OUT/website.json, which lists them, and
OUT/website.d, which names what they were made of.

    index.html               the page that every path answers
    assets/NAME-HASH.EXT     what it loads; the name changes with the content
    assets/licences-HASH.txt of the packages that are in there

The server embeds these (embed.py), or serves the folder itself (activitytrack-server serve --website OUT/dist)."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import packages

HERE = Path(__file__).resolve().parent
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
PAGE = "src/index.html"
ENTRIES = ("src/main.tsx", "src/sealed/worker.ts", "src/theme.ts", "src/styles/main.css", "src/icon.svg")
# What has light-dark(), color-mix() and what else the styles use is newer than this.
TARGET = "es2022"


def run_esbuild(esbuild, dist):
    """Returns its metafile, with paths below `dist`."""
    meta = dist.parent / "esbuild.json"
    subprocess.run([esbuild, *ENTRIES, "--bundle", "--minify", "--splitting", "--format=esm", f"--target={TARGET}",
                    "--loader:.svg=copy", "--entry-names=assets/[name]-[hash]", "--chunk-names=assets/[name]-[hash]",
                    "--asset-names=assets/[name]-[hash]", "--legal-comments=none", "--log-level=warning",
                    f"--outdir={dist}", f"--metafile={meta}"], cwd=HERE, check=True)
    found = json.loads(meta.read_text())
    prefix = os.path.relpath(dist, HERE) + "/"
    found["outputs"] = {name.removeprefix(prefix): about for name, about in found["outputs"].items()}
    return found


def output_of(meta, entry):
    return next(name for name, about in meta["outputs"].items()
                if about.get("entryPoint") == entry or (not about.get("entryPoint") and list(about["inputs"]) == [entry]))


def needed_at_once(meta, name):
    """The files that `name` imports statically, itself first."""
    found = [name]
    for file in found:
        found += [os.path.normpath(i["path"]).split("dist/", 1)[-1] for i in meta["outputs"][file]["imports"]
                  if i["kind"] == "import-statement"
                  and os.path.normpath(i["path"]).split("dist/", 1)[-1] not in found]
    return found


def write_licences(dist, meta):
    """Each package that is in the bundle, with its licence's text."""
    names = {"/".join(path.split("/")[1:3 if path.startswith("node_modules/@") else 2])
             for path in meta["inputs"] if path.startswith("node_modules/")}
    text = ""
    for name in sorted(names):
        folder = HERE / "node_modules" / name
        version = json.loads((folder / "package.json").read_text())["version"]
        licence = next(file for file in sorted(folder.iterdir()) if file.name.lower().startswith("license"))
        text += f"{name} {version}\n\n{licence.read_text().strip()}\n\n\n"
    file = f"assets/licences-{hashlib.sha256(text.encode()).hexdigest()[:8].upper()}.txt"
    (dist / file).write_text(text)
    return file


def write_page(dist, meta, licences):
    main = needed_at_once(meta, output_of(meta, "src/main.tsx"))
    page = (HERE / PAGE).read_text()
    words = {"theme": output_of(meta, "src/theme.ts"), "styles": output_of(meta, "src/styles/main.css"),
             "icon": output_of(meta, "src/icon.svg"), "opener": output_of(meta, "src/sealed/worker.ts"), "main": main[0], "licences": licences}
    for word, file in words.items():
        page = page.replace(f"%{word}%", "/" + file)
    preload = "".join(f'<link rel="modulepreload" href="/{file}">' for file in main[1:])
    (dist / "index.html").write_text(page.replace("%preload%", preload))
    return {"index.html", *main, words["theme"], words["styles"], words["icon"]}


def list_files(dist, first_load):
    for file in sorted(p for p in dist.rglob("*") if p.is_file()):
        name = str(file.relative_to(dist))
        packed = len(gzip.compress(file.read_bytes(), 9, mtime=0))
        yield {"name": name, "type": TYPES[file.suffix], "bytes": file.stat().st_size, "gzip_bytes": packed,
               "first_load": name in first_load}


def main():
    esbuild, out = sys.argv[1], Path(sys.argv[2]).resolve()
    packages.bring_all()
    dist = out / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    meta = run_esbuild(esbuild, dist)
    first_load = write_page(dist, meta, write_licences(dist, meta))
    files = list(list_files(dist, first_load))
    (out / "website.json").write_text(json.dumps({"folder": str(dist), "files": files}, indent=1))
    made_of = [str(HERE / name) for name in (*meta["inputs"], PAGE, "package-lock.json", "tsconfig.json")]
    (out / "website.d").write_text(f"{sys.argv[3]}: " + " ".join(made_of).replace("\\", "/") + "\n")


if __name__ == "__main__":
    main()
