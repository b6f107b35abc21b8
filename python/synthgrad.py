"""synthgrad - synthetic gradients, solved and simulated, for NumPy.

One file over the installed shared library (ctypes; nothing to build):

    import numpy as np
    import synthgrad as sg

    fit = sg.Fit(x, y)                      # least squares and its moments
    fit.rates_x().critical                  # weights settle for mu below it
    sg.Factorisation(w, 4, kappa=0.3)       # how a deep linear net shares out a map
    sg.Simulation(net, x, y, w, phi, mu, nu).run(1000)
    sg.run_case("dy3_joint_spectrum").rows  # a verdict and its evidence

Conventions.  Samples are rows: x is (n, d), y is (n, m), and y of shape (n,) counts as (n, 1).
E[.] is the mean over samples.  mu is the learning rate of the weights, nu that of the synthetic
gradient (SG); both are per step and multiply gradients of E[loss].  Arrays that come back are
fresh, C-contiguous copies.

Errors.  What NumPy or Python would call wrong (a shape, a dtype, a NaN, a word that is not one of
those listed) is a ValueError or TypeError, raised before the library is called.  What the library
finds out is a synthgrad.Error with the library's own message.  Ctrl-C ends a long call as
KeyboardInterrupt.  Memory that is exhausted inside the library ends the process, as in C.

Threads.  Calls release Python's lock.  Objects may be shared between threads: those that change
(Simulation) lock themselves.

The library is the file that SYNTHGRAD_LIBRARY names; or else the one of this file's installation
or checkout; or else the one that the system's loader finds.
"""
import ctypes
import operator
import os
import threading
import weakref
from ctypes import (POINTER, Structure, byref, c_bool, c_char, c_char_p, c_double, c_int, c_size_t,
                    c_uint, c_uint64, c_void_p)
from typing import Dict, List, NamedTuple, Optional, Tuple

import numpy as np

__version__ = "0.1.0"
__all__ = [
    "Claim", "Control", "Dense", "Error", "Evaluation", "Factorisation", "Fit", "Judgement",
    "Module", "Net", "Rates", "Row", "Simulation", "Table", "build", "claims", "delay_limit",
    "find_case", "joint_jacobian", "rates", "read_table", "run_case",
]

# ---- the structs of include/synthgrad, checked against the headers by tests/python ------------

LAYERS_MAX = 33         # SG_DEEP_LAYERS_MAX
_INT_MAX = 2**31 - 1    # what BLAS and LAPACK count with
_TEXT, _ROW_ID, _ROW_WHAT, _BASIS, _LISTING_NAME = 256, 48, 160, 200, 32


class _Build(Structure):
    C = "sg_build"
    _fields_ = [("version", c_char_p), ("commit", c_char_p), ("sources", c_char_p)]


class _Error(Structure):
    C = "sg_error"
    _fields_ = [("text", c_char * 640)]


class _Data(Structure):
    C = "sg_data"
    _fields_ = [("n", c_size_t), ("d", c_size_t), ("m", c_size_t), ("x", c_void_p),
                ("y", c_void_p), ("one", c_void_p)]


class _Batch(Structure):
    C = "sg_batch"
    _fields_ = [("n", c_size_t), ("x", c_void_p), ("y", c_void_p), ("one", c_void_p)]


class _Table(Structure):
    C = "sg_table"
    _fields_ = [("rows", c_size_t), ("columns", c_size_t), ("names", POINTER(c_char_p)),
                ("cells", c_void_p), ("rests", c_void_p), ("binary", c_bool)]


class _CsvOptions(Structure):
    C = "sg_csv_options"
    _fields_ = [("only", POINTER(c_char_p)), ("drop", POINTER(c_char_p)), ("n_only", c_size_t),
                ("n_drop", c_size_t), ("drop_missing", c_bool), ("rests", c_bool)]


class _Fit(Structure):
    C = "sg_fit"
    _fields_ = [("n", c_size_t), ("d", c_size_t), ("m", c_size_t), ("q", c_size_t),
                ("rank", c_size_t), ("w", c_void_p), ("residual", c_void_p), ("z", c_void_p),
                ("s_x", c_void_p), ("s_z", c_void_p), ("x_z", c_void_p), ("lambda_x", c_void_p),
                ("lambda_z", c_void_p), ("v_x", c_void_p), ("v_z", c_void_p),
                ("realizable", c_bool)]


class _Rates(Structure):
    C = "sg_rates"
    _fields_ = [("largest", c_double), ("smallest", c_double), ("zeros", c_size_t),
                ("critical", c_double), ("optimal", c_double), ("contraction", c_double),
                ("deficit", c_double)]


class _Deep(Structure):
    C = "sg_deep"
    _fields_ = [("n_layers", c_size_t), ("at", c_size_t), ("width", c_size_t * (LAYERS_MAX + 1))]


class _Factorisation(Structure):
    C = "sg_factorisation"
    _fields_ = [("n_layers", c_size_t), ("d", c_size_t), ("m", c_size_t), ("modes", c_size_t),
                ("sigma", c_void_p), ("layer", c_void_p), ("u", c_void_p), ("y", c_void_p)]


class _Layer(Structure):
    C = "sg_layer"
    _fields_ = [("kind", c_int), ("width", c_size_t), ("bias", c_bool)]


class _Module(Structure):
    C = "sg_module"
    _fields_ = [("at", c_size_t), ("family", c_int), ("terms", c_uint), ("target", c_int),
                ("mix", c_double), ("hidden", c_size_t)]


class _Arch(Structure):
    C = "sg_arch"
    _fields_ = [("dtype", c_int), ("loss", c_int), ("inputs", c_size_t), ("labels", c_size_t),
                ("n_layers", c_size_t), ("layers", POINTER(_Layer)), ("n_modules", c_size_t),
                ("modules", POINTER(_Module)), ("credit", POINTER(c_int)), ("seed", c_uint64)]


class _Sizes(Structure):
    C = "sg_sizes"
    _fields_ = [("w", c_size_t), ("phi", c_size_t), ("aux", c_size_t)]


class _State(Structure):
    C = "sg_state"
    _fields_ = [("w", c_void_p), ("phi", c_void_p), ("aux", c_void_p)]


class _Metrics(Structure):
    C = "sg_metrics"
    _fields_ = [("loss", c_double), ("sg_loss", c_double)]


class _Opt(Structure):
    C = "sg_opt"
    _fields_ = [("kind", c_int), ("rate", c_double), ("beta1", c_double), ("beta2", c_double),
                ("epsilon", c_double)]


class _Timing(Structure):
    C = "sg_timing"
    _fields_ = [("net_w", c_int), ("net_phi", c_int), ("sg_w", c_int), ("sg_phi", c_int)]


class _Field(Structure):
    C = "sg_field"
    _fields_ = [("dtype", c_int), ("sizes", _Sizes), ("eval", c_void_p), ("work_alloc", c_void_p),
                ("work_free", c_void_p), ("self", c_void_p), ("batch_max", c_size_t),
                ("step_scale", c_void_p), ("step_scratch", c_void_p)]


class _SimSpec(Structure):
    C = "sg_sim_spec"
    _fields_ = [("field", POINTER(_Field)), ("net_opt", _Opt), ("sg_opt", _Opt),
                ("timing", _Timing), ("sg_step", c_int)]


class _Row(Structure):
    C = "sg_row"
    _fields_ = [("id", c_char * _ROW_ID), ("what", c_char * _ROW_WHAT), ("kind", c_int),
                ("form", c_int), ("state", c_int), ("measured", c_double),
                ("predicted", c_double), ("tolerance", c_double), ("scale", c_double),
                ("low", c_double), ("high", c_double), ("confidence", c_double),
                ("secondary", c_bool), ("basis", c_char * _BASIS), ("ok", c_bool),
                ("replicate", c_size_t)]


class _Series(Structure):
    C = "sg_series"
    _fields_ = [("name", c_char * 40), ("columns", c_char * 200), ("width", c_size_t),
                ("rows", c_size_t), ("capacity", c_size_t), ("value", c_void_p)]


class _Listing(Structure):
    C = "sg_listing"
    _fields_ = [("title", c_char * 160), ("n_columns", c_size_t), ("n_rows", c_size_t),
                ("capacity", c_size_t), ("names_capacity", c_size_t),
                ("column", POINTER(c_char * _LISTING_NAME)),
                ("row", POINTER(c_char * _LISTING_NAME)), ("value", c_void_p)]


class _Texts(Structure):
    C = "sg_texts"
    _fields_ = [("n", c_size_t), ("capacity", c_size_t), ("text", POINTER(c_char_p))]


class _Evidence(Structure):
    C = "sg_evidence"
    _fields_ = [("n_rows", c_size_t), ("rows_capacity", c_size_t), ("row", POINTER(_Row)),
                ("n_series", c_size_t), ("series_capacity", c_size_t),
                ("series", POINTER(_Series)), ("n_listings", c_size_t),
                ("listings_capacity", c_size_t), ("listing", POINTER(_Listing)),
                ("certificates", _Texts), ("arrays", _Texts), ("note", c_char * 400)]


class _Claim(Structure):
    C = "sg_claim"
    _fields_ = [("id", c_char_p), ("name", c_char_p), ("title", c_char_p),
                ("statement", c_char_p), ("subject", c_char_p), ("from_", c_int),
                ("source", c_char_p),
                ("empirical", c_bool), ("needs_data", c_bool), ("reads", c_char_p),
                ("supposes", c_void_p), ("measure", c_void_p), ("on", c_void_p),
                ("says", c_void_p)]


class _Judgement(Structure):
    C = "sg_judgement"
    _fields_ = [("claim", POINTER(_Claim)), ("case_name", c_char * _TEXT),
                ("expected", c_char * _TEXT), ("evidence", _Evidence), ("verdict", c_int),
                ("ok", c_bool), ("own", c_bool), ("has_control", c_bool), ("control_ok", c_bool),
                ("control_what", c_char * (_TEXT + _ROW_WHAT + 16)), ("control_verdict", c_int),
                ("seed", c_uint64), ("replicates", c_size_t), ("seconds", c_double)]


class _JudgeOptions(Structure):
    C = "sg_judge_options"
    _fields_ = [("claim", POINTER(_Claim)), ("seed", POINTER(c_uint64)), ("full", c_bool),
                ("out", c_char_p)]


# Words for the values of the headers' enums, in their order.
_STATUSES = ("SG_OK", "SG_BAD_INPUT", "SG_DIVERGED", "SG_NO_CONVERGENCE", "SG_SINGULAR",
             "SG_HYPOTHESIS", "SG_BUDGET", "SG_NOT_FINITE", "SG_UNPROVED", "SG_REFUTED",
             "SG_INTERRUPTED", "SG_IO")
_OK, _INTERRUPTED = 0, 10
_KINDS = ("dense", "relu", "sigmoid", "batchnorm")
_LOSSES = ("mse", "abs", "softmax", "logistic")
_CREDITS = ("true", "nothing", "feedback", "direct", "kickback")
_FAMILIES = ("linear", "sigmoid_linear", "mlp")
_TARGETS = ("true", "arriving")
_OPTIMISERS = ("gd", "momentum", "rmsprop", "adam")
_STEPS = ("fixed", "normalised", "line_search")
_STARTS = ("glorot", "he")
_FORMS = ("equal", "bound", "fact", "proof", "effect")
_STATES = ("met", "missed", "open", "blind")
_DTYPES = ("float64", "float32")
_WANT_W, _WANT_PHI, _WANT_METRICS, _TRAIN = 1, 2, 4, 8

# name: (result, arguments).  c_void_p stands for an array, and for structs that stay closed.
_PROTOTYPES = {
    "sg_base_build": (POINTER(_Build), []),
    "sg_base_platform": (c_char_p, []),
    "sg_base_status_text": (c_char_p, [c_int]),
    "sg_base_init": (None, []),
    "sg_base_interrupt": (None, []),
    "sg_base_resume": (None, []),
    "sg_base_set_jobs": (None, [c_size_t]),
    "sg_base_jobs": (c_size_t, []),
    "sg_base_rng_alloc": (c_void_p, [c_uint64, c_char_p, c_uint64, c_char_p]),
    "sg_base_rng_free": (None, [c_void_p]),
    "sg_data_read_table": (c_int, [POINTER(_Table), POINTER(c_size_t), c_char_p,
                                   POINTER(_CsvOptions), POINTER(_Error)]),
    "sg_data_table_free": (None, [POINTER(_Table)]),
    "sg_closed_fit_alloc": (c_int, [POINTER(POINTER(_Fit)), POINTER(_Data)]),
    "sg_closed_fit_free": (None, [POINTER(_Fit)]),
    "sg_closed_exact_sg": (None, [c_void_p, c_size_t]),
    "sg_closed_rates": (_Rates, [c_void_p, c_size_t]),
    "sg_closed_delay_limit": (c_double, [c_size_t]),
    "sg_closed_backprop": (None, [c_void_p, POINTER(_Fit), c_void_p, c_double, c_uint64]),
    "sg_closed_joint_spectrum": (None, [c_void_p, POINTER(_Fit), c_double, c_double]),
    "sg_closed_joint_radius": (c_double, [POINTER(_Fit), c_double, c_double]),
    "sg_closed_momentum_spectrum": (None, [c_void_p, POINTER(_Fit), c_double, c_double,
                                           c_double]),
    "sg_closed_joint_jacobian": (None, [c_void_p, POINTER(_Data), c_void_p, c_void_p, c_double,
                                        c_double]),
    "sg_closed_factor_alloc": (c_int, [POINTER(POINTER(_Factorisation)), c_void_p, c_size_t,
                                       c_size_t, c_void_p, c_size_t]),
    "sg_closed_factor_free": (None, [POINTER(_Factorisation)]),
    "sg_closed_factor_weights": (c_int, [c_void_p, POINTER(_Factorisation), POINTER(_Deep),
                                         c_void_p]),
    "sg_closed_factor_kernel": (None, [c_void_p, POINTER(_Factorisation), c_size_t]),
    "sg_closed_factor_sharpness": (c_int, [POINTER(c_double), POINTER(_Factorisation),
                                           c_void_p]),
    "sg_net_alloc": (c_void_p, [POINTER(_Arch)]),
    "sg_net_free": (None, [c_void_p]),
    "sg_net_sizes": (_Sizes, [c_void_p]),
    "sg_net_layer_name": (c_char_p, [c_int]),
    "sg_net_loss_name": (c_char_p, [c_int]),
    "sg_net_family_name": (c_char_p, [c_int]),
    "sg_net_layer_offset": (c_size_t, [c_void_p, c_size_t]),
    "sg_net_module_offset": (c_size_t, [c_void_p, c_size_t]),
    "sg_net_init": (None, [c_void_p, c_void_p, c_void_p, c_int, c_void_p]),
    "sg_net_start_phi": (None, [c_void_p, c_void_p, c_void_p]),
    "sg_net_work_alloc": (c_void_p, [c_void_p, c_size_t]),
    "sg_net_work_free": (None, [c_void_p]),
    "sg_net_eval_state": (None, [c_void_p, c_void_p, POINTER(_Metrics), c_void_p, POINTER(_State),
                                 POINTER(_Batch), c_uint, c_void_p]),
    "sg_sim_net_field": (_Field, [c_void_p, c_size_t]),
    "sg_sim_alloc": (c_void_p, [POINTER(_SimSpec), c_void_p, c_void_p]),
    "sg_sim_free": (None, [c_void_p]),
    "sg_sim_restart": (None, [c_void_p, c_void_p, c_void_p, c_double, c_double]),
    "sg_sim_advance": (c_int, [c_void_p, POINTER(_Batch), c_uint64]),
    "sg_sim_w": (c_void_p, [c_void_p]),
    "sg_sim_phi": (c_void_p, [c_void_p]),
    "sg_sim_time": (c_uint64, [c_void_p]),
    "sg_sim_state_size": (c_size_t, [c_void_p]),
    "sg_sim_get_state": (None, [c_void_p, c_void_p]),
    "sg_approx_step_jacobian": (None, [c_void_p, POINTER(c_double), c_void_p, c_void_p,
                                       POINTER(_Batch)]),
    "sg_case_open": (c_int, [POINTER(c_void_p), c_char_p, POINTER(_Error)]),
    "sg_case_close": (None, [c_void_p]),
    "sg_claim_find": (POINTER(_Claim), [c_char_p]),
    "sg_claim_judge": (c_int, [POINTER(_Judgement), c_void_p, POINTER(_JudgeOptions),
                               POINTER(_Error)]),
    "sg_claim_judgement_free": (None, [POINTER(_Judgement)]),
    "sg_claim_margin": (c_double, [POINTER(_Row)]),
    "sg_claim_verdict_name": (c_char_p, [c_int]),
    "sg_claim_kind_name": (c_char_p, [c_int]),
}

# ---- the library ------------------------------------------------------------------------------

_HERE = os.path.dirname(os.path.abspath(__file__))
_SONAME = "libsynthgrad.so." + __version__.rpartition(".")[0]


def _candidates():
    """Where the library may be, the likeliest first."""
    named = os.environ.get("SYNTHGRAD_LIBRARY")
    if named:
        return [named]
    places = [
        os.path.join(_HERE, "..", "..", _SONAME),               # PREFIX/lib, of dist-packages
        os.path.join(_HERE, "..", "build", "release", "libsynthgrad.so." + __version__),
    ]
    return [os.path.normpath(p) for p in places if os.path.exists(p)] + [_SONAME]


def _load():
    reasons = []
    for path in _candidates():
        try:
            lib = ctypes.CDLL(path)
            break
        except OSError as problem:
            reasons.append(str(problem))
    else:
        raise ImportError(f"synthgrad: the shared library cannot be loaded ({'; '.join(reasons)});"
                          " install it, or name its file in SYNTHGRAD_LIBRARY")
    for name, (result, arguments) in _PROTOTYPES.items():
        try:
            function = getattr(lib, name)
        except AttributeError:
            raise ImportError(f"synthgrad: {path} lacks {name}: it is not of version "
                              f"{__version__}, as this module is") from None
        function.restype, function.argtypes = result, arguments
    found = lib.sg_base_build().contents.version.decode()
    if found != __version__:                # structs may then be laid out otherwise
        raise ImportError(f"synthgrad: {path} is of version {found}, this module of "
                          f"{__version__}; install both from one release")
    lib.sg_base_init()
    return lib


_lib = _load()


class Error(Exception):
    """A numerical or external outcome that the library reports.

    str() of it is the library's message.  `status` is the name of the status in
    synthgrad/base.h, such as "SG_DIVERGED" or "SG_BAD_INPUT".
    """

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status

    def __reduce__(self):
        return Error, (self.status, str(self))


def _check(status, err=None):
    if status == _OK:
        return
    if status == _INTERRUPTED:
        raise KeyboardInterrupt
    text = err.text.decode("utf-8", "replace") if err is not None and err.text else ""
    raise Error(_STATUSES[status], text or _lib.sg_base_status_text(status).decode())


def _interruptible(function, *arguments):
    """Calls a long function of the library in a thread of its own, so that Ctrl-C is heard."""
    if threading.current_thread() is not threading.main_thread():
        return function(*arguments)
    result, begun, done = [], threading.Event(), threading.Event()

    def work():
        begun.set()
        try:
            result.append(function(*arguments))
        finally:
            done.set()

    try:
        threading.Thread(target=work, daemon=True).start()
        done.wait()
    except BaseException:
        _lib.sg_base_interrupt()
        running = True
        while running:                      # the arguments must not go before the call does
            try:
                running = begun.wait(1) and not done.wait(1)
            except KeyboardInterrupt:
                pass
        _lib.sg_base_resume()
        raise
    return result[0]


class _Owner:
    """An object of the library.  Freed with the last reference; cannot be copied or pickled."""

    def _own(self, pointer, free):
        self._pointer = pointer
        weakref.finalize(self, free, pointer)

    def __reduce_ex__(self, protocol):
        raise TypeError(f"a synthgrad.{type(self).__name__} cannot be copied or pickled; "
                        "make another one from the same arguments")


# ---- arguments --------------------------------------------------------------------------------

def _numbers(value, name, dtype="float64"):
    """A C-contiguous array of finite numbers of the dtype that lose nothing on the way."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; fill it, or leave the masked rows out")
    try:
        given = np.asarray(value)
    except ValueError as problem:
        raise ValueError(f"{name} is no array: {problem}") from None
    if given.dtype.kind not in "biuf":
        raise TypeError(f"{name} has dtype {given.dtype}; give real numbers")
    if given.dtype.kind == "f" and given.dtype.itemsize > np.dtype(dtype).itemsize:
        raise TypeError(f"{name} has dtype {given.dtype} and {dtype} is wanted; "
                        f"say {name}.astype('{dtype}') if digits may be lost")
    array = np.array(given, dtype=dtype, order="C", copy=True)
    if given.dtype.kind in "iu":
        with np.errstate(invalid="ignore"):
            same = np.array_equal(array.astype(given.dtype), given)
        if not same:
            raise ValueError(f"{name} holds integers that no {dtype} can hold")
    finite = np.isfinite(array)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(f"{name}{list(where) if where else ''} is {array[where]}; "
                         "numbers have to be finite")
    return array


def _shape(array, name, *sizes):
    """The array, if it has this shape; None stands for any size from 1 on."""
    fits = array.ndim == len(sizes) and all(
        got == size if size is not None else 1 <= got <= _INT_MAX
        for got, size in zip(array.shape, sizes))
    if not fits:
        wanted = ", ".join("any" if size is None else str(size) for size in sizes)
        wanted = f"({wanted}{',' if len(sizes) == 1 else ''})" if sizes else "a number"
        raise ValueError(f"{name} has shape {array.shape}; {wanted} is wanted")
    return array


def _columns(value, name, rows=None, columns=None, dtype="float64"):
    """A matrix; a vector counts as one column."""
    array = _numbers(value, name, dtype)
    if array.ndim == 1:
        array = array.reshape(-1, 1)
    return _shape(array, name, rows, columns)


def _integer(value, name, least, most):
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} is {value}; give an integer")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is a {type(value).__name__}; give an integer") from None
    if not least <= number <= most:
        raise ValueError(f"{name} is {number}; it is from {least} to {most}")
    return number


def _real(value, name, least=-np.inf, most=np.inf):
    number = float(_shape(_numbers(value, name), name))
    if not least <= number <= most:
        raise ValueError(f"{name} is {number}; it is from {least:g} to {most:g}")
    return number


def _word(value, name, words):
    if not isinstance(value, str) or value not in words:
        raise ValueError(f"{name} is {value!r}; it is one of {', '.join(words)}")
    return words.index(value)


def _flag(value, name):
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} is {value!r}; give True or False")
    return bool(value)


def _path(value, name):
    try:
        path = os.fsencode(value)
    except TypeError:
        raise TypeError(f"{name} is a {type(value).__name__}; give a path") from None
    if not path or b"\0" in path:
        raise ValueError(f"{name} is {value!r}, which is no path")
    return path


def _names(values, name):
    """An array of C strings, and how many; for None, NULL and 0."""
    if isinstance(values, (str, bytes)):
        raise TypeError(f"{name} is a text; give a list of column names")
    encoded = []
    for value in values if values is not None else ():
        if not isinstance(value, str) or "\0" in value:
            raise TypeError(f"{name} holds {value!r}; give names of columns")
        encoded.append(value.encode())
    return (c_char_p * len(encoded))(*encoded), len(encoded)


def _text(value):
    return value.decode("utf-8", "replace") if value is not None else ""


def _copy(pointer, *shape, dtype="float64"):
    """A fresh array of what the library holds there."""
    array = np.empty(shape, dtype)
    if array.size:
        ctypes.memmove(array.ctypes.data, pointer, array.nbytes)
    return array


def _samples(x, y):
    """struct sg_data on these arrays, and the arrays, which have to outlive it."""
    x = _columns(x, "x")
    y = _columns(y, "y", rows=len(x))
    one = np.ones(len(x))
    return (_Data(len(x), x.shape[1], y.shape[1], x.ctypes.data, y.ctypes.data, one.ctypes.data),
            (x, y, one))


# ---- tables -----------------------------------------------------------------------------------

class Table(NamedTuple):
    """A table from a file: column names, cells (rows, columns), rows left out."""
    names: List[str]
    cells: np.ndarray
    dropped: int


def read_table(path, only=None, drop=None, drop_missing=False):
    """Reads a CSV or .npy file as `synthgrad analyze` does, gzip or not.

    only, drop:    lists of column names to keep or to leave out.  Columns of a plain .npy array
                   are called "c0", "c1", ...
    drop_missing:  leave rows out that lack a cell (empty, NA, NaN, ...), instead of refusing them

    Returns a Table.  Raises Error with the file, the line and what to change.
    """
    only, n_only = _names(only, "only")
    drop, n_drop = _names(drop, "drop")
    options = _CsvOptions(only, drop, n_only, n_drop, _flag(drop_missing, "drop_missing"), False)
    table, dropped, err = _Table(), c_size_t(), _Error()
    _check(_lib.sg_data_read_table(byref(table), byref(dropped), _path(path, "path"),
                                   byref(options), byref(err)), err)
    try:
        return Table([_text(table.names[j]) for j in range(table.columns)],
                     _copy(table.cells, table.rows, table.columns), dropped.value)
    finally:
        _lib.sg_data_table_free(byref(table))


# ---- rates ------------------------------------------------------------------------------------

class Rates(NamedTuple):
    """Learning rates of gradient descent on a quadratic with given eigenvalues.

    largest, smallest  nonzero eigenvalues
    zeros              how many count as zero: those below n u largest, u = 2^-53
    critical           2 / largest: stable below it
    optimal            2 / (largest + smallest): fastest
    contraction        of the error per step at the optimal rate
    deficit            1 - contraction, with all its digits
    """
    largest: float
    smallest: float
    zeros: int
    critical: float
    optimal: float
    contraction: float
    deficit: float


def rates(eigenvalues):
    """Rates for eigenvalues (any order, at least one of them positive)."""
    values = _shape(_numbers(eigenvalues, "eigenvalues"), "eigenvalues", None)
    values = np.ascontiguousarray(np.sort(values)[::-1])
    if values[0] <= 0:
        raise ValueError("no eigenvalue is positive: every direction is flat or repels")
    found = _lib.sg_closed_rates(values.ctypes.data, len(values))
    return Rates(*(getattr(found, name) for name in Rates._fields))


def delay_limit(tau):
    """The largest stable mu * lambda_max when gradients are tau steps old: DY11's closed form,
    2 sin(pi / (2 (2 tau + 1))); 2 for tau = 0."""
    return _lib.sg_closed_delay_limit(_integer(tau, "tau", 0, 2**52))


# ---- the least-squares fit --------------------------------------------------------------------

class Fit(_Owner):
    """Least squares of y on x and the moments that every rate follows from.

    x (n, d), y (n, m) or (n,).  No ones column is added: put one into x for an intercept.
    The SG's regressors are z = (p*, y, 1), q = 2 m + 1 columns, p* = x w the fitted values.

    n, d, m, q, rank     sizes; rank of x
    w (d, m)             the minimum-norm least-squares weights
    residual (n, m)      x w - y
    z (n, q)             rows (p*, y, 1)
    s_x (d, d)           E[x^T x];  s_z (q, q): E[z^T z];  x_z (d, q): E[x^T z]
    lambda_x (d,)        eigenvalues of s_x, descending;  lambda_z (q,): of s_z
    v_x (d, d)           their eigenvectors, in columns;  v_z (q, q)
    realizable           the residual is at the rounding level of y

    Accuracy: w to about u cond(x).  Raises Error "SG_NO_CONVERGENCE" if LAPACK does not converge,
    "SG_NOT_FINITE" if products overflow.  [claims DY1, DY3]
    """

    def __init__(self, x, y):
        data, self._arrays = _samples(x, y)
        pointer = POINTER(_Fit)()
        _check(_lib.sg_closed_fit_alloc(byref(pointer), byref(data)))
        self._own(pointer, _lib.sg_closed_fit_free)
        fit = pointer.contents
        n, d, m, q = self.n, self.d, self.m, self.q = fit.n, fit.d, fit.m, fit.q
        self.rank, self.realizable = fit.rank, fit.realizable
        self.w, self.residual, self.z = _copy(fit.w, d, m), _copy(fit.residual, n, m), \
            _copy(fit.z, n, q)
        self.s_x, self.s_z, self.x_z = _copy(fit.s_x, d, d), _copy(fit.s_z, q, q), \
            _copy(fit.x_z, d, q)
        self.lambda_x, self.lambda_z = _copy(fit.lambda_x, d), _copy(fit.lambda_z, q)
        self.v_x, self.v_z = _copy(fit.v_x, d, d), _copy(fit.v_z, q, q)

    def rates_x(self):
        """Rates of the weights, mu: those of the eigenvalues of s_x."""
        return rates(self.lambda_x)

    def rates_z(self):
        """Rates of the SG, nu: those of the eigenvalues of s_z."""
        return rates(self.lambda_z)

    def exact_sg(self):
        """phi* = (I; -I; 0), (q, m): the SG that predicts the true gradient at every w.  [CP2]"""
        phi = np.empty((self.q, self.m))
        _lib.sg_closed_exact_sg(phi.ctypes.data, self.m)
        return phi

    def backprop(self, w, mu, steps):
        """The weights (d, m) after `steps` steps of gradient descent from w (d, m), in closed
        form.  steps may be huge.  [DY1]"""
        w = _columns(w, "w", self.d, self.m)
        out = np.empty_like(w)
        _lib.sg_closed_backprop(out.ctypes.data, self._pointer, w.ctypes.data, _real(mu, "mu"),
                                _integer(steps, "steps", 0, 2**63 - 1))
        return out

    def spectrum(self, mu, nu):
        """Eigenvalues ((d + q) m,) of the joint step of weights and SG at its fixed point:
        1 - mu lambda_x and 1 - nu lambda_z, each m-fold, ascending.  [DY3]"""
        out = np.empty((self.d + self.q) * self.m)
        _lib.sg_closed_joint_spectrum(out.ctypes.data, self._pointer, _real(mu, "mu"),
                                      _real(nu, "nu"))
        return out

    def radius(self, mu, nu):
        """The largest modulus in the spectrum, null directions left out: the joint step is stable
        below 1, and errors shrink by this factor a step."""
        return _lib.sg_closed_joint_radius(self._pointer, _real(mu, "mu"), _real(nu, "nu"))

    def momentum_spectrum(self, mu, nu, beta):
        """Eigenvalues (2 (d + q) m,), complex and in no order, under heavy ball with momentum
        beta on both parts, 0 <= beta < 1.  [DY3]"""
        out = np.empty(2 * (self.d + self.q) * self.m, complex)
        beta = _real(beta, "beta", 0, 1)
        if beta == 1:
            raise ValueError("beta is 1; it is below 1")
        _lib.sg_closed_momentum_spectrum(out.ctypes.data, self._pointer, _real(mu, "mu"),
                                         _real(nu, "nu"), beta)
        return out


def joint_jacobian(x, y, w, phi, mu, nu):
    """Jacobian ((d + q) m, (d + q) m) of the simultaneous step of weights w (d, m) and SG
    parameters phi (q, m), at any (w, phi), in closed form.  The state is w row by row, then phi
    row by row; q = 2 m + 1.  x and y as in Fit.  [DY3]"""
    data, arrays = _samples(x, y)
    q = 2 * data.m + 1
    w, phi = _columns(w, "w", data.d, data.m), _columns(phi, "phi", q, data.m)
    mu, nu = _real(mu, "mu"), _real(nu, "nu")
    size = (data.d + q) * data.m
    out = np.empty((size, size))
    _lib.sg_closed_joint_jacobian(out.ctypes.data, byref(data), w.ctypes.data, phi.ctypes.data,
                                  mu, nu)
    del arrays
    return out


# ---- the factorisation that an SG chooses -----------------------------------------------------

class Factorisation(_Owner):
    """How training shares a map (d, m) out over the layers of a deep linear net, W_1 ... W_N.
    [claim DY15]

    map       (d, m), as the least-squares weights: x map = p.  A vector counts as one column
    n_layers  N, 1 to 33
    sg_at     None: backprop, balanced layers.  "everywhere": a linear SG after every hidden
              layer.  A layer, or a list of layers, 1..N-1: after these.  Each SG is taught by
              what arrives from the next one above (Module.target "arriving"; "true" for the last)
    kappa     nu / mu, > 0, of the SGs
    mix       share of the SG in what drives the layers below it, 0 to 1
    pull      instead of these three: N - 1 numbers >= 0, 2 mix / kappa where an SG sits, else 0

    modes          min(d, m)
    sigma (modes,) singular values of the map, descending
    layers (N, modes)  those of each layer; for each mode their product is sigma
    u (d, modes), v (m, modes)  singular vectors: map = u diag(sigma) v^T
    pull (N - 1,)

    Raises Error if the decomposition fails.
    """

    def __init__(self, map, n_layers, sg_at=None, kappa=1.0, mix=1.0, pull=None):
        map = _columns(map, "map")
        n = _integer(n_layers, "n_layers", 1, LAYERS_MAX)
        d, m = map.shape
        if d + m > 46340:                                   # (d + m)^2 numbers, counted by an int
            raise ValueError(f"map has shape {map.shape}; d + m is at most 46340")
        self.pull = self._pull(n, sg_at, kappa, mix, pull)
        pointer = POINTER(_Factorisation)()
        status = _lib.sg_closed_factor_alloc(byref(pointer), map.ctypes.data, d, m,
                                             self.pull.ctypes.data, n)
        self._own(pointer, _lib.sg_closed_factor_free)
        _check(status)
        f = pointer.contents
        self.n_layers, self.d, self.m, self.modes = f.n_layers, f.d, f.m, f.modes
        self.sigma, self.layers = _copy(f.sigma, f.modes), _copy(f.layer, n, f.modes)
        self.u, self.v = _copy(f.u, d, f.modes), _copy(f.y, m, f.modes)

    @staticmethod
    def _pull(n, sg_at, kappa, mix, pull):
        if pull is not None:
            pull = _shape(_numbers(pull, "pull").reshape(-1), "pull", n - 1)
            if (pull < 0).any():
                raise ValueError("pull holds a negative number")
            return pull
        kappa, mix = _real(kappa, "kappa", 0), _real(mix, "mix", 0, 1)
        if kappa == 0 or not np.isfinite(2 * mix / kappa):
            raise ValueError(f"kappa is {kappa}; 2 mix / kappa has to be finite")
        if sg_at is None:
            places = []
        elif isinstance(sg_at, str):
            _word(sg_at, "sg_at", ("everywhere",))
            places = range(1, n)
        elif np.ndim(sg_at) == 0:
            places = [sg_at]
        else:
            places = sg_at
        out = np.zeros(n - 1)
        for place in places:
            if n == 1:
                raise ValueError("a net of one layer has no hidden layer for an SG")
            out[_integer(place, "sg_at", 1, n - 1) - 1] = 2 * mix / kappa
        return out

    def weights(self, hidden, seed):
        """Matrices W_1, ..., W_N, a list, with these singular values and random orthonormal
        columns between them.  hidden: the N - 1 hidden widths, each at least `modes`.  seed: an
        integer; the same seed gives the same bits."""
        hidden = list(hidden) if np.ndim(hidden) == 1 else [hidden]
        if len(hidden) != self.n_layers - 1:
            raise ValueError(f"hidden has {len(hidden)} widths; {self.n_layers - 1} are wanted")
        widths = [self.d] + [_integer(k, "hidden", self.modes, 100000) for k in hidden] + [self.m]
        deep = _Deep(self.n_layers, self.n_layers)
        deep.width[:len(widths)] = widths
        sizes = [a * b for a, b in zip(widths, widths[1:])]
        if sum(sizes) > _INT_MAX:
            raise ValueError(f"hidden: {sum(sizes)} weights are more than {_INT_MAX}")
        w = np.empty(sum(sizes))
        rng = _lib.sg_base_rng_alloc(_integer(seed, "seed", 0, 2**64 - 1), b"python", 0,
                                     b"factorisation")
        try:
            _check(_lib.sg_closed_factor_weights(w.ctypes.data, self._pointer, byref(deep), rng))
        finally:
            _lib.sg_base_rng_free(rng)
        parts = np.split(w, np.cumsum(sizes)[:-1])
        return [part.reshape(a, b).copy() for part, a, b in zip(parts, widths, widths[1:])]

    def kernel(self, layer):
        """q (modes,): h = x W_1 ... W_layer has the kernel x u diag(q) u^T x^T."""
        q = np.empty(self.modes)
        _lib.sg_closed_factor_kernel(q.ctypes.data, self._pointer,
                                     _integer(layer, "layer", 1, self.n_layers))
        return q

    def sharpness(self, s):
        """The largest eigenvalue of the Hessian of the loss there: 2 over it is the largest stable
        mu of backprop.  s (d, d): E[x^T x], symmetric.  Hypothesis: the map is the least-squares
        one, E[x^T (x map - y)] = 0."""
        s = _shape(_numbers(s, "s"), "s", self.d, self.d)
        scale = np.abs(s).max()
        if np.abs(s - s.T).max() > 1e-12 * scale:
            raise ValueError("s is not symmetric")
        out = c_double()
        _check(_lib.sg_closed_factor_sharpness(byref(out), self._pointer, s.ctypes.data))
        return out.value


# ---- nets -------------------------------------------------------------------------------------

class Dense(NamedTuple):
    """A dense layer h W + b of the given width; b only if bias."""
    width: int
    bias: bool = False


class Module(NamedTuple):
    """A synthetic gradient at a boundary of a net.

    at      boundary, 1..L: after layer `at`; L is the output
    family  "linear", "sigmoid_linear" or "mlp" (then hidden >= 1)
    terms   what it is regressed on, letters of "hy1": the activation, the label, a constant
    target  "true", the true gradient; "arriving", what comes from the next SG above
    mix     1: the SG stands for the gradient; 0: it only observes; between: a mixture
    """
    at: int
    family: str = "linear"
    terms: str = "hy1"
    target: str = "true"
    mix: float = 1.0
    hidden: int = 0


class Evaluation(NamedTuple):
    """loss: E[l].  sg_loss: 1/2 E|s - target|^2, summed over the SGs.  dw, dphi: the update
    directions, which a step subtracts times mu and nu.  Shapes as w and phi."""
    loss: float
    sg_loss: float
    dw: np.ndarray
    dphi: np.ndarray


def _terms(text):
    letters = {"h": 1, "y": 2, "1": 4}
    if not isinstance(text, str) or not text or set(text) - set(letters) or \
            len(set(text)) < len(text):
        raise ValueError(f"terms is {text!r}; it has letters of hy1, each once")
    return sum(letters[letter] for letter in text)


class Net(_Owner):
    """A chain of layers with synthetic gradients.  Immutable; its parameters are flat vectors, w
    for all weights and phi for all SGs, which the caller keeps.

    inputs   columns of x
    layers   from the bottom: Dense(width, bias), "relu", "sigmoid" or "batchnorm"
    loss     "mse" 1/2 |p - y|^2, "abs" |p - y|_1, "softmax" (rows of y are distributions),
             "logistic" (one output, y in [0, 1])
    modules  Module(...), at most one at a boundary
    credit   {boundary: rule} for what stands in for the gradient elsewhere: "true" (default),
             "nothing", "feedback", "direct", "kickback"; the last three below the output
    dtype    "float64" or "float32": of x, y, w and phi
    seed     of the fixed random matrices of feedback and direct

    n_w, n_phi, n_aux   sizes of w, of phi and of batch norm's running moments
    labels              columns of y, and of the last layer
    """

    def __init__(self, inputs, layers, loss="mse", modules=(), credit=None, dtype="float64",
                 seed=0):
        self.inputs = _integer(inputs, "inputs", 1, _INT_MAX)
        self.dtype = np.dtype(_DTYPES[_word(dtype, "dtype", _DTYPES)])
        self.loss = loss
        self._layers(layers)
        self.labels = self._width[-1]
        kind = _word(loss, "loss", _LOSSES)
        if loss == "logistic" and self.labels != 1:
            raise ValueError(f"the last layer has width {self.labels}; logistic wants 1")
        if loss == "softmax" and self.labels < 2:
            raise ValueError("the last layer has width 1; softmax wants 2 or more")
        self._place(modules)
        arch = _Arch(_DTYPES.index(self.dtype.name), kind, self.inputs, self.labels,
                     len(self.layers),
                     (_Layer * len(self.layers))(*self._c_layers), len(self.modules),
                     (_Module * len(self.modules))(*self._c_modules),
                     (c_int * (len(self.layers) + 1))(*self._credits(credit)),
                     _integer(seed, "seed", 0, 2**64 - 1))
        self._own(_lib.sg_net_alloc(byref(arch)), _lib.sg_net_free)
        sizes = _lib.sg_net_sizes(self._pointer)
        self.n_w, self.n_phi, self.n_aux = sizes.w, sizes.phi, sizes.aux

    def _layers(self, layers):
        if isinstance(layers, (str, Dense)):
            raise TypeError("layers is one layer; give a list of them")
        self.layers, self._c_layers, self._width = [], [], [self.inputs]
        weights = 0
        for layer in layers:
            below = self._width[-1]
            if isinstance(layer, Dense):
                width = _integer(layer.width, "width", 1, _INT_MAX)
                bias = _flag(layer.bias, "bias")
                weights += (below + bias) * width
                self._c_layers.append(_Layer(0, width, bias))
            else:
                kind = _word(layer, "layer", _KINDS)
                if kind == 0:
                    raise ValueError("write Dense(width) for a dense layer")
                width = below
                weights += 2 * below
                self._c_layers.append(_Layer(kind, 0, False))
            if weights > _INT_MAX:
                raise ValueError(f"layers: {weights} weights are more than {_INT_MAX}")
            self.layers.append(layer)
            self._width.append(width)
        if not self.layers:
            raise ValueError("layers is empty; give one at least")

    def _place(self, modules):
        if isinstance(modules, Module):
            modules = [modules]
        self.modules, self._c_modules, before, parameters = [], [], 0, 0
        for module in modules:
            if not isinstance(module, Module):
                raise TypeError(f"modules holds a {type(module).__name__}; give Module(...)")
            at = _integer(module.at, "at", 1, len(self.layers))
            if at <= before:
                raise ValueError("modules: boundaries have to ascend, with at most one SG each")
            before = at
            family = _word(module.family, "family", _FAMILIES)
            terms = _terms(module.terms)
            hidden = _integer(module.hidden, "hidden", 0, 100000)
            if family == 1 and not terms & 1:
                raise ValueError("terms: sigmoid_linear needs h")
            if (family == 2) != (hidden > 0):
                raise ValueError("hidden goes with the family mlp, where it is at least 1")
            units = self._width[at]
            parameters += (units + self.labels + 2) * max(units, hidden) * (1 + (family > 0))
            if parameters > _INT_MAX:
                raise ValueError(f"modules: {parameters} parameters are more than {_INT_MAX}")
            self._c_modules.append(_Module(at, family, terms,
                                           _word(module.target, "target", _TARGETS),
                                           _real(module.mix, "mix", 0, 1), hidden))
            self.modules.append(module)

    def _credits(self, credit):
        rules = [0] * (len(self.layers) + 1)
        for boundary, word in dict(credit or {}).items():
            at = _integer(boundary, "credit", 1, len(self.layers))
            rules[at] = rule = _word(word, "credit", _CREDITS)
            if rule >= 2 and at == len(self.layers):
                raise ValueError(f"credit: {word} is for boundaries below the output")
            if rule >= 3 and self.labels * self._width[at] > _INT_MAX:
                raise ValueError(f"credit: the matrix of {word} at {at} is too large")
            if word == "feedback" and not isinstance(self.layers[at], Dense):
                raise ValueError(f"credit: feedback at {at} wants a dense layer above")
        return rules

    def _vector(self, value, name, size):
        array = np.asarray(value)
        if array.dtype != self.dtype:
            raise TypeError(f"{name} has dtype {array.dtype}, the net {self.dtype}")
        return _shape(_numbers(value, name, self.dtype.name), name, size)

    def _batch(self, x, y):
        x = _columns(x, "x", None, self.inputs, self.dtype.name)
        y = _columns(y, "y", len(x), self.labels, self.dtype.name)
        if self.loss in ("logistic", "softmax") and y.min() < 0:
            raise ValueError(f"y holds a negative number; {self.loss} wants labels")
        if self.loss == "logistic" and y.max() > 1:
            raise ValueError("y holds a number above 1; logistic wants labels in [0, 1]")
        if self.loss == "softmax" and np.abs(y.sum(axis=1, dtype=float) - 1).max() > 1e-6:
            raise ValueError("a row of y does not add up to 1; softmax wants distributions")
        if max(self._width) * len(x) > _INT_MAX:
            raise ValueError(f"x has {len(x)} rows, too many for a layer of {max(self._width)}")
        one = np.ones(len(x), self.dtype)
        return _Batch(len(x), x.ctypes.data, y.ctypes.data, one.ctypes.data), (x, y, one)

    def start_w(self, seed, how="glorot"):
        """Weights (n_w,) to begin with: N(0, 2 / (in + out)) for "glorot", N(0, 2 / in) for "he";
        biases 0.  The same seed gives the same bits."""
        w, aux = np.empty(self.n_w, self.dtype), np.empty(self.n_aux, self.dtype)
        how = _word(how, "how", _STARTS)
        rng = _lib.sg_base_rng_alloc(_integer(seed, "seed", 0, 2**64 - 1), b"python", 0, b"w")
        _lib.sg_net_init(w.ctypes.data, aux.ctypes.data if self.n_aux else None, self._pointer,
                         how, rng)
        _lib.sg_base_rng_free(rng)
        return w

    def start_phi(self, seed=0):
        """SG parameters (n_phi,) to begin with, where s = 0.  Only an mlp reads the seed."""
        phi = np.empty(self.n_phi, self.dtype)
        rng = _lib.sg_base_rng_alloc(_integer(seed, "seed", 0, 2**64 - 1), b"python", 0, b"phi")
        _lib.sg_net_start_phi(phi.ctypes.data, self._pointer, rng)
        _lib.sg_base_rng_free(rng)
        return phi

    def start_aux(self):
        """Batch norm's running moments (n_aux,) to begin with: means 0, variances 1."""
        parts = [np.repeat([0.0, 1.0], width).astype(self.dtype)
                 for layer, width in zip(self.layers, self._width) if layer == "batchnorm"]
        return np.concatenate(parts) if parts else np.empty(0, self.dtype)

    def layer(self, w, i):
        """W (in, out) and b (out,), or None, of the dense layer i = 0..L-1: views of w (n_w,)."""
        i = _integer(i, "i", 0, len(self.layers) - 1)
        layer = self.layers[i]
        if not isinstance(layer, Dense):
            raise ValueError(f"layer {i} is {layer}; a dense one has W and b")
        if not isinstance(w, np.ndarray) or w.shape != (self.n_w,):
            raise ValueError(f"w is to be an array of shape ({self.n_w},)")
        start, rows, columns = _lib.sg_net_layer_offset(self._pointer, i), *self._width[i:i + 2]
        end = start + rows * columns
        return w[start:end].reshape(rows, columns), w[end:end + columns] if layer.bias else None

    def module(self, phi, j):
        """The parameters of module j = 0..: a view of phi (n_phi,).  Of a linear one A (k, k),
        B (m, k), C (k,) as far as its terms have them, row by row, k the units at its boundary."""
        j = _integer(j, "j", 0, len(self.modules) - 1)
        if not isinstance(phi, np.ndarray) or phi.shape != (self.n_phi,):
            raise ValueError(f"phi is to be an array of shape ({self.n_phi},)")
        offset = _lib.sg_net_module_offset
        end = offset(self._pointer, j + 1) if j + 1 < len(self.modules) else self.n_phi
        return phi[offset(self._pointer, j):end]

    def evaluate(self, w, phi, x, y, aux=None, train=True):
        """The losses and update directions at (w, phi) on a batch: an Evaluation.

        w (n_w,), phi (n_phi,) and, for batch norm, aux (n_aux,): arrays of the net's dtype.
        x (n, inputs), y (n, labels).
        train  batch norm goes by the batch and moves aux (if given) towards it, in place;
               False: it goes by aux
        Changes nothing else.
        """
        w, phi = self._vector(w, "w", self.n_w), self._vector(phi, "phi", self.n_phi)
        batch, arrays = self._batch(x, y)
        train = _flag(train, "train")
        moments = None
        if aux is not None:
            moments = self._vector(aux, "aux", self.n_aux)
            if train and not (isinstance(aux, np.ndarray) and aux.flags.writeable):
                raise ValueError("aux cannot be written to; training moves it")
        elif self.n_aux and not train:
            raise ValueError("batch norm reads aux when train is False")
        state = _State(w.ctypes.data, phi.ctypes.data,
                       moments.ctypes.data if self.n_aux and moments is not None else None)
        dw, dphi, metrics = np.empty_like(w), np.empty_like(phi), _Metrics()
        work = _lib.sg_net_work_alloc(self._pointer, batch.n)
        want = _WANT_W | _WANT_PHI | _WANT_METRICS | (_TRAIN if train else 0)
        _lib.sg_net_eval_state(dw.ctypes.data, dphi.ctypes.data, byref(metrics), self._pointer,
                               byref(state), byref(batch), want, work)
        _lib.sg_net_work_free(work)
        if train and moments is not None:
            aux[...] = moments
        del arrays
        return Evaluation(metrics.loss, metrics.sg_loss, dw, dphi)


# ---- time -------------------------------------------------------------------------------------

_ORDERS = {"simultaneous": (0, 0, 0, 0), "sg_first": (0, -1, 0, 0),
           "network_first": (0, 0, -1, 0)}
_DELAYS = {"stale_backprop": (1, 1, 0, 0), "delayed_pairs": (0, 0, 1, 0),
           "stale_sg": (0, 0, 1, 1)}


class Simulation(_Owner):
    """Training step by step on one batch: w <- w - mu dw, phi <- phi - nu dphi.

    net, x, y   as in Net.evaluate.  w (n_w,), phi (n_phi,): where it begins; not changed
    mu, nu      learning rates of the weights and of the SGs
    order       "simultaneous", "sg_first" or "network_first": whether a part sees what the other
                has just become
    delay       None, or "stale_backprop", "delayed_pairs", "stale_sg": what is tau steps old
    optimiser   of both: "gd", "momentum" (heavy ball, beta1), "rmsprop" (beta2, epsilon), "adam"
    sg_step     "fixed" nu; "normalised" nu / E|z|^2; "line_search" nu |G|^2 / E|z G|^2: the last
                two for linear SGs under gd
    """

    def __init__(self, net, x, y, w, phi, mu, nu, order="simultaneous", delay=None, tau=0,
                 optimiser="gd", beta1=0.9, beta2=0.999, epsilon=1e-8, sg_step="fixed"):
        if not isinstance(net, Net):
            raise TypeError(f"net is a {type(net).__name__}; give a Net")
        self._net, self._lock = net, threading.Lock()
        self._batch, self._arrays = net._batch(x, y)
        w, phi = net._vector(w, "w", net.n_w), net._vector(phi, "phi", net.n_phi)
        kind = _word(optimiser, "optimiser", _OPTIMISERS)
        betas = _real(beta1, "beta1", 0, 1), _real(beta2, "beta2", 0, 1)
        if 1 in betas:
            raise ValueError("beta1 and beta2 are below 1")
        epsilon, rule = _real(epsilon, "epsilon", 0), _word(sg_step, "sg_step", _STEPS)
        if rule and (kind or any(m.family != "linear" for m in net.modules)):
            raise ValueError(f"sg_step {sg_step} is for linear SGs under gd")
        self._kind, self._timing = kind, self._times(order, delay, tau)
        rates_ = _real(mu, "mu"), _real(nu, "nu")
        self._spec = _SimSpec(POINTER(_Field)(), _Opt(kind, rates_[0], *betas, epsilon),
                              _Opt(kind, rates_[1], *betas, epsilon), self._timing, rule)
        self._own(self._new(w, phi), _lib.sg_sim_free)

    @staticmethod
    def _times(order, delay, tau):
        _word(order, "order", tuple(_ORDERS))
        tau = _integer(tau, "tau", 0, 10000)
        if delay is None:
            if tau:
                raise ValueError("tau goes with a delay")
            return _Timing(*_ORDERS[order])
        _word(delay, "delay", tuple(_DELAYS))
        if order != "simultaneous":
            raise ValueError("a delay goes with the simultaneous order")
        return _Timing(*(tau * read for read in _DELAYS[delay]))

    def _new(self, w, phi):
        net = self._net
        slots = max(self._timing.net_w, self._timing.sg_w, self._timing.sg_phi, 0) + 2
        if slots * (net.n_w + net.n_phi) > _INT_MAX:
            raise ValueError("tau: the past of that many parameters is too large")
        field = _lib.sg_sim_net_field(net._pointer, self._batch.n)
        self._spec.field = ctypes.pointer(field)
        return _lib.sg_sim_alloc(byref(self._spec), w.ctypes.data,
                                 phi.ctypes.data if net.n_phi else None)

    def run(self, steps=1):
        """Takes `steps` steps and returns the simulation.  Raises Error "SG_DIVERGED" when w or
        phi is no longer finite, which is looked at every 64 steps and at the end."""
        steps = _integer(steps, "steps", 0, 2**62)
        with self._lock:
            call = _interruptible if steps > 64 else lambda function, *a: function(*a)
            _check(call(_lib.sg_sim_advance, self._pointer, byref(self._batch), steps))
        return self

    def restart(self, w, phi, mu, nu):
        """Goes back to a start and other rates.  Moments of the optimiser are forgotten."""
        net = self._net
        w, phi = net._vector(w, "w", net.n_w), net._vector(phi, "phi", net.n_phi)
        mu, nu = _real(mu, "mu"), _real(nu, "nu")
        with self._lock:
            _lib.sg_sim_restart(self._pointer, w.ctypes.data,
                                phi.ctypes.data if net.n_phi else None, mu, nu)

    @property
    def w(self):
        """The weights now: a copy (n_w,)."""
        with self._lock:
            return _copy(_lib.sg_sim_w(self._pointer), self._net.n_w, dtype=self._net.dtype)

    @property
    def phi(self):
        """The SG parameters now: a copy (n_phi,)."""
        with self._lock:
            return _copy(_lib.sg_sim_phi(self._pointer), self._net.n_phi, dtype=self._net.dtype)

    @property
    def time(self):
        """Steps taken."""
        with self._lock:
            return _lib.sg_sim_time(self._pointer)

    def jacobian(self):
        """The Jacobian (size, size) of the step at the present state, by central differences, and
        an estimate of the largest error of an entry.  The state is w, then phi; with delays their
        past behind it; under momentum the optimiser's moments.  float64, gd and momentum only."""
        net = self._net
        if net.dtype != np.float64 or self._kind > 1:
            raise ValueError("the Jacobian is known in float64 under gd and momentum")
        if net.n_w + net.n_phi == 0:
            raise ValueError("there are no parameters")
        with self._lock:
            size = _lib.sg_sim_state_size(self._pointer)
            out, state, bound = np.empty((size, size)), np.empty(size), c_double()
            _lib.sg_sim_get_state(state.ctypes.data, self._pointer)
            start = _copy(_lib.sg_sim_w(self._pointer), net.n_w), \
                _copy(_lib.sg_sim_phi(self._pointer), net.n_phi)
            other = self._new(*start)           # differences step it about
            try:
                _lib.sg_approx_step_jacobian(out.ctypes.data, byref(bound), other,
                                             state.ctypes.data, byref(self._batch))
            finally:
                _lib.sg_sim_free(other)
        return out, bound.value


# ---- cases and verdicts -----------------------------------------------------------------------

class Claim(NamedTuple):
    """A claim that the library can judge: its id ("DY3"), name, title, statement, and whether it
    is empirical (else a theorem)."""
    id: str
    name: str
    title: str
    statement: str
    empirical: bool


class Row(NamedTuple):
    """A line of evidence.

    id         short and stable: "mu-limit"
    what       for people; may be reworded
    kind       "closed form", "simulated", "certified" or "machine-checked"
    form       "equal", "bound", "fact", "proof" or "effect": how measured and predicted compare
    state      "met", "missed", "open" or "blind"
    measured, predicted, tolerance
    scale      the size of what is compared
    margin     error over tolerance, 1 is the edge; infinite when an effect or fact is missed
    low, high  of an effect: its interval, of this confidence; of a proof: the enclosure, or NaN
    basis      where the tolerance comes from
    ok         state is "met"
    replicate  the one that stands for all: the worst
    """
    id: str
    what: str
    kind: str
    form: str
    state: str
    measured: float
    predicted: float
    tolerance: float
    scale: float
    margin: float
    low: float
    high: float
    confidence: float
    basis: str
    ok: bool
    replicate: int


class Control(NamedTuple):
    """The nearest violation of a hypothesis, which has to change the verdict: ok if it did."""
    what: str
    verdict: str
    ok: bool


class Judgement(NamedTuple):
    """What became of a case.

    claim, title, case   "DY3", a line, the case's name
    verdict, expected    "holds", "fails", "inconclusive", "reproduced", "not reproduced" or
                         "skipped" (a case with a budget, without full)
    ok                   verdict and control are as expected
    rows                 the evidence, a list of Row
    control              a Control, or None
    series               {name: (column names, array (rows, columns))}: the figure's numbers
    tables               a list of (title, column names, row names, array); NaN is an empty cell
    note                 the reason of an inconclusive verdict, or what else is worth a line
    seed, replicates, seconds
    """
    claim: str
    title: str
    case: str
    verdict: str
    expected: str
    ok: bool
    rows: List[Row]
    control: Optional[Control]
    series: Dict[str, Tuple[List[str], np.ndarray]]
    tables: List[Tuple[str, List[str], List[str], np.ndarray]]
    note: str
    seed: int
    replicates: int
    seconds: float


def claims():
    """All claims, as a list of Claim."""
    table = (POINTER(_Claim) * 10000).in_dll(_lib, "sg_claims")
    found = []
    for pointer in table:
        if not pointer:
            return found
        c = pointer.contents
        found.append(Claim(_text(c.id), _text(c.name), _text(c.title), _text(c.statement),
                           c.empirical))
    return found


def find_case(name):
    """The path of a case that came with the library, by its name: "dy3_joint_spectrum"."""
    if not isinstance(name, str) or not name.replace("_", "").isalnum():
        raise ValueError(f"{name!r} is no name of a case")
    for folder in (os.path.join(_HERE, "..", "..", "..", "share", "synthgrad", "cases"),
                   os.path.join(_HERE, "..", "cases")):
        path = os.path.normpath(os.path.join(folder, name + ".cfg"))
        if os.path.exists(path):
            return path
    raise FileNotFoundError(f"no case {name} came with {_HERE}; give its path to run_case")


def _row(row):
    return Row(_text(row.id), _text(row.what), _text(_lib.sg_claim_kind_name(row.kind)),
               _FORMS[row.form], _STATES[row.state], row.measured, row.predicted, row.tolerance,
               row.scale, _lib.sg_claim_margin(byref(row)), row.low, row.high, row.confidence,
               _text(row.basis), row.ok, row.replicate)


def _judgement(j):
    ev, series, tables = j.evidence, {}, []
    for k in range(ev.n_series):
        s = ev.series[k]
        series[_text(s.name)] = (_text(s.columns).split(), _copy(s.value, s.rows, s.width))
    for k in range(ev.n_listings):
        t = ev.listing[k]
        tables.append((_text(t.title), [_text(t.column[c].value) for c in range(t.n_columns)],
                       [_text(t.row[r].value) for r in range(t.n_rows)],
                       _copy(t.value, t.n_rows, max(t.n_columns, 1) - 1)))
    verdict = _lib.sg_claim_verdict_name
    control = Control(_text(j.control_what), _text(verdict(j.control_verdict)), j.control_ok)
    return Judgement(_text(j.claim.contents.id), _text(j.claim.contents.title),
                     _text(j.case_name), _text(verdict(j.verdict)), _text(j.expected), j.ok,
                     [_row(ev.row[i]) for i in range(ev.n_rows)],
                     control if j.has_control else None, series, tables, _text(ev.note), j.seed,
                     j.replicates, j.seconds)


_judging = threading.Lock()


def run_case(case, claim=None, seed=None, full=False, jobs=None, out=None):
    """Runs a case as `synthgrad run` does and returns its Judgement.

    case   the path of a case file, or the name of one that came with the library
    claim  the id or name of the claim to judge by; None: the one that the case names
    seed   instead of the case's own
    full   run cases that have a budget, which may take hours
    jobs   threads; None: one for each processor.  The bits do not depend on it
    out    a results folder, which keeps finished pieces of long cases; None: none

    Writes nothing without out.  Raises Error with the file, the line and what to change.
    """
    if isinstance(case, str) and os.sep not in case and not case.endswith(".cfg"):
        case = find_case(case)
    path, full = _path(case, "case"), _flag(full, "full")
    jobs = os.cpu_count() or 1 if jobs is None else jobs
    jobs = _integer(jobs, "jobs", 1, 1024)
    if seed is not None:
        seed = c_uint64(_integer(seed, "seed", 0, 2**64 - 1))
    if claim is not None:
        if not isinstance(claim, str):
            raise TypeError(f"claim is a {type(claim).__name__}; give its id")
        named, claim = claim, _lib.sg_claim_find(claim.encode("utf-8", "replace"))
        if not claim:
            raise ValueError(f"there is no claim {named!r}; claims() lists them")
    options = _JudgeOptions(claim, ctypes.pointer(seed) if seed is not None else None, full,
                            _path(out, "out") if out is not None else None)
    handle, err, judgement = c_void_p(), _Error(), _Judgement()
    _check(_lib.sg_case_open(byref(handle), path, byref(err)), err)
    try:
        with _judging:
            _lib.sg_base_set_jobs(jobs)
            try:
                status = _interruptible(_lib.sg_claim_judge, byref(judgement), handle,
                                        byref(options), byref(err))
                _check(status, err)
                return _judgement(judgement)
            finally:
                _lib.sg_base_set_jobs(1)
                _lib.sg_claim_judgement_free(byref(judgement))
    finally:
        _lib.sg_case_close(handle)


def build():
    """What was built and where it runs: version, commit and digest of the sources, and the line
    of what else bits depend on (processor, BLAS, environment).  A dict."""
    found = _lib.sg_base_build().contents
    return {"version": _text(found.version), "commit": _text(found.commit),
            "sources": _text(found.sources), "platform": _text(_lib.sg_base_platform())}
