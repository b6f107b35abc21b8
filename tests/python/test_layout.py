"""The module's structs, words and prototypes against the headers that they mirror."""
import ctypes
import os
import re
import shlex
import subprocess
import tempfile
import unittest

import support
import synthgrad as sg

STRUCTS = [value for value in vars(sg).values()
           if isinstance(value, type) and issubclass(value, ctypes.Structure) and
           hasattr(value, "C")]


def compiled(body):
    """What a C program with the public headers prints."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, "ask.c"), os.path.join(folder, "ask")
        with open(source, "w", encoding="utf-8") as file:
            file.write("#include <stddef.h>\n#include <stdio.h>\n"
                       "#include <synthgrad/synthgrad.h>\nint main(void)\n{\n" + body + "}\n")
        cc = shlex.split(os.environ.get("CC") or "cc")
        include = "-I" + os.path.join(support.ROOT, "include")
        subprocess.run([*cc, "-std=gnu11", include, "-o", program, source], check=True)
        return subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()


def headers():
    """The text of the public headers, without comments."""
    folder, text = os.path.join(support.ROOT, "include", "synthgrad"), ""
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            text += file.read()
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


class Layout(unittest.TestCase):
    def test_structs(self):
        """Sizes, and offset and size of every field, in their order."""
        self.assertGreater(len(STRUCTS), 20)
        body, mine = "", []
        for struct in STRUCTS:
            body += f'printf("%zu\\n", sizeof(struct {struct.C}));\n'
            mine.append(ctypes.sizeof(struct))
            for name, _ in struct._fields_:
                c = name.rstrip("_")
                body += (f'printf("%zu\\n%zu\\n", offsetof(struct {struct.C}, {c}), '
                         f'sizeof ((struct {struct.C} *)0)->{c});\n')
                field = getattr(struct, name)
                mine += [field.offset, field.size]
        self.assertEqual([int(word) for word in compiled(body)], mine)

    def test_no_field_is_missing(self):
        """The headers' structs have no field that the mirror lacks."""
        text = headers()
        for struct in STRUCTS:
            body = re.search(r"struct %s \{(.*?)\n?\};" % struct.C, text, re.S)
            self.assertIsNotNone(body, struct.C)
            fields = []
            for declaration in body.group(1).split(";"):
                declaration = re.sub(r"\[[^]]*\]", "", declaration)
                function = re.search(r"\(\*(\w+)\)\s*\(", declaration)
                if function:
                    fields.append(function.group(1))
                elif declaration.strip():
                    fields += [re.search(r"(\w+)\)?\s*$", part).group(1)
                               for part in declaration.split(",")]
            self.assertEqual(fields, [name.rstrip("_") for name, _ in struct._fields_], struct.C)

    def test_words(self):
        """The numbers of the enums are the places of the words."""
        def values(names):
            body = "".join(f'printf("%d\\n", (int){name});\n' for name in names)
            return [int(value) for value in compiled(body)]
        for names in (sg._STATUSES,
                      ("SG_GD", "SG_MOMENTUM", "SG_RMSPROP", "SG_ADAM", "SG_OPT_KINDS"),
                      ("SG_STEP_FIXED", "SG_STEP_NORMALISED", "SG_STEP_LINE_SEARCH",
                       "SG_STEP_RULES"),
                      ("SG_TRUE", "SG_NOTHING", "SG_FEEDBACK", "SG_DIRECT", "SG_KICKBACK",
                       "SG_CREDITS"), ("SG_TARGET_TRUE", "SG_TARGET_ARRIVING"),
                      ("SG_GLOROT", "SG_HE"), ("SG_F64", "SG_F32"),
                      ("SG_ROW_EQUAL", "SG_ROW_BOUND", "SG_ROW_FACT", "SG_ROW_PROOF",
                       "SG_ROW_EFFECT"),
                      ("SG_ROW_MET", "SG_ROW_MISSED", "SG_ROW_OPEN", "SG_ROW_IS_BLIND")):
            self.assertEqual(values(names), list(range(len(names))), names)
        self.assertEqual(values(["SG_DEEP_LAYERS_MAX", "SG_CASE_TEXT_MAX", "SG_ROW_ID_MAX",
                                 "SG_ROW_WHAT_MAX", "SG_BASIS_MAX", "SG_LISTING_NAME_MAX"]),
                         [sg.LAYERS_MAX, sg._TEXT, sg._ROW_ID, sg._ROW_WHAT, sg._BASIS,
                          sg._LISTING_NAME])
        self.assertEqual(values(["SG_H", "SG_Y", "SG_ONE", "SG_WANT_W", "SG_WANT_PHI",
                                 "SG_WANT_METRICS", "SG_TRAIN", "SG_LAYER_KINDS", "SG_LOSS_KINDS",
                                 "SG_FAMILIES"]),
                         [1, 2, 4, sg._WANT_W, sg._WANT_PHI, sg._WANT_METRICS, sg._TRAIN,
                          len(sg._KINDS), len(sg._LOSSES), len(sg._FAMILIES)])
        for words, name in ((sg._KINDS, "sg_net_layer_name"), (sg._LOSSES, "sg_net_loss_name"),
                            (sg._FAMILIES, "sg_net_family_name")):
            self.assertEqual([getattr(sg._lib, name)(k).decode() for k in range(len(words))],
                             list(words))

    def test_prototypes(self):
        """Each function has as many arguments as its header says."""
        text = headers()
        for name, (result, arguments) in sg._PROTOTYPES.items():
            found = re.search(r"([\w ]+[ *]+)%s\(([^;]*?)\)(?: SG_\w+(?:\([^)]*\))?)?;" % name,
                              text)
            self.assertIsNotNone(found, name)
            parameters = [] if found.group(2) == "void" else found.group(2).split(",")
            self.assertEqual(len(parameters), len(arguments), name)
            self.assertEqual(found.group(1).strip() == "void", result is None, name)
            for parameter, argument in zip(parameters, arguments):
                # A number is no pointer, and a size no int.
                words = parameter.split()
                if "*" not in parameter and "struct" not in words:
                    self.assertIs(argument, {"size_t": ctypes.c_size_t, "double": ctypes.c_double,
                                             "uint64_t": ctypes.c_uint64, "int": ctypes.c_int,
                                             "unsigned": ctypes.c_uint,
                                             "enum": ctypes.c_int}[words[0]],
                                  f"{name}: {parameter}")
                elif "*" in parameter:
                    self.assertTrue(argument in (ctypes.c_void_p, ctypes.c_char_p) or
                                    issubclass(argument, ctypes._Pointer), f"{name}: {parameter}")

    def test_version(self):
        made = subprocess.run(["make", "-s", "-C", support.ROOT, "print-VERSION"], check=True,
                              capture_output=True, text=True).stdout.strip()
        self.assertEqual(sg.__version__, made)
        self.assertEqual(sg.build()["version"], made)

    def test_every_public_name_is_explained(self):
        for name in sg.__all__:
            thing = getattr(sg, name)
            self.assertTrue((thing.__doc__ or "").strip(), name)
            if isinstance(thing, type):
                for method, value in vars(thing).items():
                    if method.startswith("_"):
                        continue
                    if callable(value) or isinstance(value, property):
                        self.assertTrue((value.__doc__ or "").strip(), f"{name}.{method}")


if __name__ == "__main__":
    support.run()
