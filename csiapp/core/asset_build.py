"""Front-end files without a bundler: copy from node_modules, flatten, hash, compress.

Pure file work, no Flask: `csiapp.core.assets` offers it as commands and serves the result.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import posixpath
import re
import shutil
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import brotli

COMPRESSED_SUFFIXES = {".css", ".js", ".svg", ".json", ".webmanifest"}
_SOURCE_MAP = re.compile(rb"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")
_CHARSET = re.compile(r'^\s*@charset "[^"]+";')
_IMPORT = re.compile(
    r"""^@import\s+["']([^"']+)["'](?:\s+layer\(([\w.-]+)\))?;[ \t]*$""", re.MULTILINE
)
_URL = re.compile(r"""url\((["']?)(?!data:|https?:|/|#)([^"')]+)\1\)""")
_SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_SVG_BOUNDS = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')
_OUTLINE_PAINT = (
    'fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round"'
)


@dataclass(frozen=True)
class Asset:
    """One built file: its hashed path below the output folder and its integrity value."""

    path: str
    integrity: str


@dataclass(frozen=True)
class AssetFolders:
    """Where the pieces lie, all below the project root."""

    root: Path

    @property
    def modules(self) -> Path:
        return self.root / "node_modules"

    @property
    def static(self) -> Path:
        return self.root / "static"

    @property
    def vendor(self) -> Path:
        return self.static / "vendor"

    @property
    def output(self) -> Path:
        return self.root / "build" / "static"

    @property
    def manifest(self) -> Path:
        return self.root / "build" / "manifest.json"

    @property
    def fonts(self) -> Path:
        return self.root / "build" / "fonts"

    @cached_property
    def spec(self) -> dict[str, Any]:
        """What assets.toml says."""
        return tomllib.loads((self.root / "assets.toml").read_text("utf-8"))

    @property
    def bundles(self) -> dict[str, list[str]]:
        """The scripts that each bundle is made of, in order."""
        bundles: dict[str, list[str]] = self.spec.get("bundles", {})
        return bundles


def copy_vendor_files(folders: AssetFolders) -> None:
    """Fill static/vendor and build/fonts with the files that assets.toml names."""
    spec = folders.spec
    shutil.rmtree(folders.vendor, ignore_errors=True)
    folders.vendor.mkdir(parents=True)
    for name, source in spec["files"].items():
        data = (folders.modules / source).read_bytes()
        (folders.vendor / name).write_bytes(_SOURCE_MAP.sub(b"\n", data))
    icons = spec["icons"]
    sprite = icon_sprite(folders.modules / icons["from"], icons["names"])
    (folders.vendor / "icons.svg").write_text(sprite, "utf-8")
    licences = _licences(folders.modules, [*spec["files"].values(), icons["from"]])
    (folders.vendor / "LICENSES.txt").write_text(licences, "utf-8")

    folders.fonts.mkdir(parents=True, exist_ok=True)
    for name, source in spec["fonts"].items():
        shutil.copyfile(folders.modules / source, folders.fonts / name)
    licences = _licences(folders.modules, list(spec["fonts"].values()))
    (folders.fonts / "LICENSES.txt").write_text(licences, "utf-8")


def icon_sprite(icons: Path, names: list[str]) -> str:
    """One SVG of symbols; `NAME-filled` is taken from the filled set, all else from outline."""
    symbols = []
    for name in names:
        filled = name.endswith("-filled")
        file = icons / ("filled" if filled else "outline") / f"{name.removesuffix('-filled')}.svg"
        body = _SVG_BODY.search(file.read_text("utf-8"))
        if body is None:
            raise ValueError(f"{file} holds no <svg> element")
        shapes = re.sub(r"\s*\n\s*", "", _SVG_BOUNDS.sub("", body[1]).strip())
        paint = 'fill="currentColor"' if filled else _OUTLINE_PAINT
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" {paint}>{shapes}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def build_static(folders: AssetFolders) -> dict[str, Asset]:
    """Write hashed copies of static/ (with .gz and .br beside them) and the manifest.

    Style sheets come last: their relative url(...) become hashed names, and their
    @import lines are replaced by the imported text, so that a page loads one sheet. Bundles
    join scripts.
    """
    shutil.rmtree(folders.output, ignore_errors=True)
    manifest: dict[str, Asset] = {}
    files = [path for path in folders.static.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda p: (p.suffix == ".css", p.as_posix())):
        name = path.relative_to(folders.static).as_posix()
        if path.suffix == ".css":
            data = _flatten_css(folders.static, name, posixpath.dirname(name), manifest).encode()
        else:
            data = path.read_bytes()
        manifest[name] = _write_hashed(folders.output, name, data)
    for name, parts in folders.bundles.items():
        # a script may end without the semicolon that the next one needs
        data = b"\n;\n".join((folders.static / part).read_bytes() for part in parts)
        manifest[name] = _write_hashed(folders.output, name, data)
    payload = {name: vars(asset) for name, asset in sorted(manifest.items())}
    folders.manifest.write_text(json.dumps(payload, indent=1) + "\n", "utf-8")
    return manifest


def read_manifest(folders: AssetFolders) -> dict[str, Asset]:
    """The manifest of the last build by logical name; empty when nothing was built."""
    if not folders.manifest.exists():
        return {}
    payload = json.loads(folders.manifest.read_text("utf-8"))
    return {name: Asset(**entry) for name, entry in payload.items()}


def _write_hashed(output: Path, name: str, data: bytes) -> Asset:
    stem, suffix = posixpath.splitext(name)
    hashed = f"{stem}.{hashlib.sha256(data).hexdigest()[:12]}{suffix}"
    target = output / hashed
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    if suffix in COMPRESSED_SUFFIXES:
        Path(f"{target}.gz").write_bytes(gzip.compress(data, 9, mtime=0))
        Path(f"{target}.br").write_bytes(brotli.compress(data, quality=11))
    digest = base64.b64encode(hashlib.sha384(data).digest()).decode("ascii")
    return Asset(path=hashed, integrity=f"sha384-{digest}")


def _flatten_css(static: Path, name: str, home: str, built: dict[str, Asset]) -> str:
    """The text of one sheet with its imports in place; addresses are relative to `home`."""
    folder = posixpath.dirname(name)

    def inline(match: re.Match[str]) -> str:
        child = posixpath.normpath(posixpath.join(folder, match[1]))
        text = _flatten_css(static, child, home, built)
        return f"@layer {match[2]}{{{text}}}" if match[2] else text

    def hashed(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match[2]))
        if target not in built:
            raise ValueError(f"{name} points at {match[2]}, which is not below static/")
        return f'url("{posixpath.relpath(built[target].path, home or ".")}")'

    text = _CHARSET.sub("", (static / name).read_text("utf-8"))
    return _IMPORT.sub(inline, _URL.sub(hashed, text))


def _licences(modules: Path, sources: list[str]) -> str:
    """The licence texts of every package that one of the source paths comes from."""
    parts = [source.split("/") for source in sources]
    packages = sorted({"/".join(p[: 2 if p[0].startswith("@") else 1]) for p in parts})
    texts = []
    for package in packages:
        version = json.loads((modules / package / "package.json").read_text("utf-8"))["version"]
        files = sorted((modules / package).glob("LICEN[CS]E*"))
        if not files:
            raise ValueError(f"{package} ships no licence file")
        body = "\n\n".join(file.read_text("utf-8").strip() for file in files)
        texts.append(f"{package} {version}\n\n{body}\n")
    return "\n\n".join(texts)
