"""Run by the patient's own interpreter: says what it sees, then tries the statements it is given.

The text of this file goes to `python -B -c`, in the folder that the user's program starts in, so that the
import path is the one that the user's program has. Nothing is imported but what every Python has loaded
or built in: a file of the patient's could take the place of anything else.
"""

import os
import sys
import time


def say(channel: int, what: object) -> None:
    """Write one line that is a Python literal."""
    os.write(channel, (ascii(what) + "\n").encode())


def sight(names: "list[str]") -> "dict[str, object]":
    """What this interpreter is, its import path, and where it would find these modules."""
    site = sys.modules.get("site")
    return {
        "executable": sys.executable,
        "version": "%d.%d.%d" % sys.version_info[:3],
        "implementation": sys.implementation.name,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "path": [str(each) for each in sys.path],
        "library": os.path.dirname(os.path.abspath(os.__file__)),
        "user_site": getattr(site, "USER_SITE", None) if getattr(site, "ENABLE_USER_SITE", None) else None,
        "python_path": os.environ.get("PYTHONPATH", ""),
        "markers": markers(),
        "modules": {name: where(name) for name in names},
    }


def markers() -> "dict[str, str]":
    """The variables of requirement markers, as far as they are known without importing anything."""
    machine = os.uname() if hasattr(os, "uname") else None
    own = sys.implementation
    names = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM", "ironpython": "IronPython"}
    known = {
        "implementation_name": own.name,
        "implementation_version": full(own.version),
        "os_name": os.name,
        "platform_machine": machine.machine if machine else os.environ.get("PROCESSOR_ARCHITECTURE", ""),
        "platform_python_implementation": names.get(own.name, own.name),
        "platform_system": machine.sysname if machine else "Windows",
        "python_full_version": full(sys.version_info),
        "python_version": "%d.%d" % sys.version_info[:2],
        "sys_platform": sys.platform,
    }
    if machine:
        known["platform_release"] = machine.release
        known["platform_version"] = machine.version
    return known


def full(found: "sys._version_info") -> str:
    """A version of Python with what makes it a pre-release."""
    text = "%d.%d.%d" % (found.major, found.minor, found.micro)
    if found.releaselevel == "final":
        return text
    levels = {"alpha": "a", "beta": "b", "candidate": "rc"}
    return "%s%s%d" % (text, levels[found.releaselevel], found.serial)


def where(name: str) -> "dict[str, object]":
    """What the finders say of a module, without importing it."""
    found = None
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        try:
            found = find(name, None) if find else None
        except Exception:  # noqa: BLE001 - a finder may be anybody's, and raise anything
            found = None
        if found is not None:
            break
    if found is None:
        return {"kind": "missing", "places": []}
    below = found.submodule_search_locations
    if found.origin is None or found.origin == "namespace":
        return {"kind": "namespace", "places": [str(each) for each in below or []]}
    return {"kind": "module" if below is None else "package", "places": [str(found.origin)]}


def attempt(statement: str) -> "dict[str, object]":
    """Run a statement, and say what it raised, to the letter."""
    started = time.time()
    told = {"statement": statement, "ok": True}
    try:
        exec(compile(statement, "<doctor>", "exec"), {"__name__": "doctor"})  # noqa: S102 - what it is for
    except BaseException as error:  # noqa: BLE001 - also what wants to end the process
        told = {"statement": statement, "ok": False, "type": type(error).__name__, "message": words(error)}
        told["frames"] = frames(error)
        told["lacking"] = str(getattr(error, "name", None) or "") if isinstance(error, ImportError) else ""
    told["seconds"] = round(time.time() - started, 3)
    return told


def words(error: BaseException) -> str:
    """An exception's message."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a message that cannot be made a text of
        return ""


def frames(error: BaseException) -> "list[str]":
    """The places that the exception passed, the last one last."""
    found, trace = [], error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name not in ("<doctor>", "<string>") and not name.startswith("<frozen"):
            found.append("%s:%d" % (name, trace.tb_lineno))
        trace = trace.tb_next
    return found[-12:]


def main(names: str, statements: "list[str]") -> None:
    """Tell everything on what was standard output; what modules print goes to standard error."""
    channel = os.dup(1)
    os.dup2(2, 1)
    os.write(channel, b"\n")  # what was printed before this was started may not have ended its line
    say(channel, sight(names.split(",")))
    for statement in statements:
        say(channel, {"trying": statement})
        say(channel, attempt(statement))
    os._exit(0)  # whatever a module has registered for the end has nothing to do with imports


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
