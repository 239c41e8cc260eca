"""What Debian's cloud-init makes of documents.

Reads documents in base64, one a line, and writes what each comes to as JSON, one a line: the merged
cloud-config as `config`, the scripts by name as `scripts`, the files of `write_files` as `files`, the
scripts of `runcmd` and `bootcmd`, and whether the schema finds anything wrong.
"""

import base64
import json
import logging
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

from cloudinit import handlers, helpers, user_data, util  # noqa: E402
from cloudinit.config import cc_write_files, schema  # noqa: E402
from cloudinit.handlers.cloud_config import CloudConfigPartHandler  # noqa: E402

SCRIPTS = ["text/x-shellscript", "text/x-shellscript-per-boot", "text/cloud-boothook"]


def as_bytes(value):
    return value if isinstance(value, bytes) else str(value).encode()


def plain(value):
    """The value as JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def shellified(config, key):
    if key not in config:
        return None
    try:
        return util.shellify(config[key])
    except Exception:
        return None


def files_of(config):
    files = {}
    for entry in config.get("write_files") or []:
        try:
            extractions = cc_write_files.canonicalize_extraction(entry.get("encoding"))
            content = cc_write_files.extract_contents(entry.get("content", ""), extractions)
            mode = cc_write_files.decode_perms(entry.get("permissions"), 0o644)
        except Exception:
            break
        files[entry["path"]] = [base64.b64encode(as_bytes(content)).decode(), mode]
    return files


def made_of(document, folder):
    paths = helpers.Paths({"cloud_dir": folder, "run_dir": folder})
    message = user_data.UserDataProcessor(paths).process(document)
    handler = CloudConfigPartHandler(paths)
    handler.handle_part(None, handlers.CONTENT_START, None, None, None, {})
    scripts = {}

    def take(data, filename, payload, headers):
        kind = headers["Content-Type"]
        if kind in ("text/cloud-config", "text/cloud-config-jsonp"):
            handler.handle_part(data, kind, filename, payload, None, headers)
        elif kind in SCRIPTS:
            text = util.dos2unix(payload)
            if kind == "text/cloud-boothook":
                text = util.strip_prefix_suffix(text, prefix="#cloud-boothook").lstrip()
            scripts[util.clean_filename(filename)] = text

    handlers.walk(message, take, None)
    config = handler.cloud_buf or {}
    try:
        schema.validate_cloudconfig_schema(config, strict=True)
        complaint = None
    except Exception as error:
        complaint = str(error)
    return {
        "config": plain(config),
        "scripts": scripts,
        "files": files_of(config),
        "runcmd": shellified(config, "runcmd"),
        "bootcmd": shellified(config, "bootcmd"),
        "complaint": complaint,
    }


for line in sys.stdin:
    with tempfile.TemporaryDirectory() as folder:
        try:
            result = made_of(base64.b64decode(line), folder)
        except Exception as error:
            result = {"error": type(error).__name__}
    print(json.dumps(result), flush=True)
