"""Parses a template's text and directives, with the white space that Velocity 1.7 eats.

A line's end after `#end`, `#else` and a directive's `)` disappears, blanks before `#set` do unless text precedes
them, and `##` takes its line's end along (source: recorded renderings by API Gateway).
"""

from __future__ import annotations

import re

from gatewright.apigateway.mapping.vtl.expressions import parse_expression, parse_reference, parse_value
from gatewright.apigateway.mapping.vtl.nodes import (
    Block,
    Break,
    Define,
    Evaluate,
    Expression,
    Foreach,
    If,
    Macro,
    MacroCall,
    Set,
    Statement,
    Stop,
    Text,
    Unavailable,
)
from gatewright.apigateway.mapping.vtl.scan import NEWLINE, Cursor

_TEXT = re.compile(r"[^$#\\]+")
_BACKSLASHES = re.compile(r"\\+")
_BLANKS_SET = re.compile(r"[ \t]+(?=#(?:set|\{set\})[ \t]*\()")
_LINE_COMMENT = re.compile(rf"##[^\r\n]*(?:{NEWLINE})?")
_BLOCK_COMMENT = re.compile(r"#\*.*?\*#", re.DOTALL)
_UNPARSED = re.compile(r"#\[\[(.*?)\]\]#", re.DOTALL)
_DIRECTIVE = re.compile(r"#(?:\{([A-Za-z_@]\w*)\}|([A-Za-z_@]\w*))")
_LINE_END = re.compile(rf"[ \t]*{NEWLINE}")
_ARGUMENTS = re.compile(r"[ \t]*\(")
_NAME = re.compile(r"\$!?\{?([A-Za-z_][A-Za-z0-9_-]*)\}?")
_MACRO_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_MACROS = re.compile(r"#macro[ \t]*\(\s*([A-Za-z_][A-Za-z0-9_-]*)")
_IN = re.compile(r"\s+in\s+|\s+in(?=[$\[{])")
_COMMA = re.compile(r"\s*,?\s*")

_WITH_ARGUMENTS = frozenset({"set", "if", "elseif", "foreach", "define", "macro", "include", "parse", "evaluate"})
_KNOWN = _WITH_ARGUMENTS | {"else", "end", "break", "stop", "literal"}
_ENDS = frozenset({"end", "else", "elseif"})
MAX_NESTING = 60


def parse_template(text: str) -> Block:
    """Parse a whole template. Raises TemplateError."""
    return _Parser(frozenset(_MACROS.findall(text))).template(Cursor(text))


class _Parser:
    """Knows the names of the template's macros: any other `#word` is text."""

    __slots__ = ("depth", "macros")

    def __init__(self, macros: frozenset[str]) -> None:
        self.macros = macros
        self.depth = 0

    def template(self, cursor: Cursor) -> Block:
        block = self._block(cursor)
        if not cursor.at_end():
            raise cursor.error(f"#{_directive_name(cursor)} without an open #if, #foreach, #define or #macro")
        return block

    def _block(self, cursor: Cursor) -> Block:
        """Statements up to #end, #else or #elseif (where the cursor then stands) or the end of the text."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise cursor.error("The template is nested too deeply")
        statements: list[Statement] = []
        while not cursor.at_end() and _directive_name(cursor) not in _ENDS:
            cursor.take(_BLANKS_SET)
            match = cursor.take(_TEXT)
            if match is not None:
                _add(statements, match[0])
            elif cursor.peek("\\"):
                self._escaped(cursor, statements)
            elif cursor.peek("$"):
                reference = parse_reference(cursor, self.template)
                _add(statements, reference if reference is not None else _one(cursor))
            else:
                self._hash(cursor, statements)
        self.depth -= 1
        return tuple(statements)

    def _escaped(self, cursor: Cursor, statements: list[Statement]) -> None:
        """Before a reference or a directive a pair of backslashes makes one, and an odd one takes its meaning away."""
        match = cursor.take(_BACKSLASHES)
        count = len(match[0]) if match is not None else 0
        start = cursor.position
        if cursor.peek("$"):
            reference = parse_reference(cursor, self.template)
            if reference is not None:
                literal = cursor.text[start : cursor.position]
                _add(statements, "\\" * (count // 2))
                _add(statements, literal if count % 2 else reference)
                return
        elif (name := _directive_name(cursor)) in _KNOWN or name in self.macros:
            _add(statements, "\\" * (count // 2))
            if count % 2:
                cursor.take(_DIRECTIVE)
                _add(statements, cursor.text[start : cursor.position])
            return
        _add(statements, "\\" * count)

    def _hash(self, cursor: Cursor, statements: list[Statement]) -> None:
        if cursor.take(_LINE_COMMENT) or cursor.take(_BLOCK_COMMENT):
            return
        if cursor.peek("#*"):
            raise cursor.error("A comment #* is not closed with *#")
        match = cursor.take(_UNPARSED)
        if match is not None:
            _add(statements, match[1])
            return
        name = _directive_name(cursor)
        if name in _KNOWN or name in self.macros:
            start = cursor.position
            cursor.take(_DIRECTIVE)
            if name in _WITH_ARGUMENTS and not cursor.take(_ARGUMENTS):
                raise cursor.error(f"Expected '(' after #{name}, found {cursor.found()}", start)
            _add(statements, self._directive(cursor, name, start))
            return
        if name.startswith("@"):
            raise cursor.error(f"#{name}: macro calls with a body are not supported")
        _add(statements, _one(cursor))

    def _directive(self, cursor: Cursor, name: str, start: int) -> Statement | str:
        if name == "set":
            return self._set(cursor)
        if name == "if":
            return self._if(cursor, start)
        if name == "foreach":
            return self._foreach(cursor, start)
        if name == "define":
            variable = self._variable(cursor, "#define")
            self._close(cursor)
            return Define(variable, self._body(cursor, start))
        if name == "macro":
            return self._macro(cursor, start)
        if name == "literal":
            return self._literal(cursor, start)
        if name in ("break", "stop"):
            return Break() if name == "break" else Stop()
        if name in ("include", "parse", "evaluate"):
            return self._with_value(cursor, name, start)
        return self._macro_call(cursor, name)

    def _set(self, cursor: Cursor) -> Set:
        cursor.space()
        target = parse_reference(cursor, self.template)
        if target is None:
            raise cursor.error(f"Expected a reference in #set, found {cursor.found()}")
        cursor.expect("=", "in #set")
        value = parse_expression(cursor, self.template)
        self._close(cursor)
        return Set(target, value)

    def _if(self, cursor: Cursor, start: int) -> If:
        branches: list[tuple[Expression, Block]] = []
        otherwise: Block | None = None
        while True:
            condition = parse_expression(cursor, self.template)
            self._close(cursor)
            branches.append((condition, self._block(cursor)))
            name = _directive_name(cursor)
            cursor.take(_DIRECTIVE)
            if name != "elseif":
                break
            if not cursor.take(_ARGUMENTS):
                raise cursor.error(f"Expected '(' after #elseif, found {cursor.found()}")
        if name == "else":
            cursor.take(_LINE_END)
            otherwise = self._block(cursor)
            name = _directive_name(cursor)
            cursor.take(_DIRECTIVE)
        if name != "end":
            raise cursor.error("#if is not closed with #end", start)
        cursor.take(_LINE_END)
        return If(tuple(branches), otherwise)

    def _foreach(self, cursor: Cursor, start: int) -> Foreach:
        variable = self._variable(cursor, "#foreach")
        if not cursor.take(_IN):
            raise cursor.error(f"Expected 'in' in #foreach, found {cursor.found()}")
        source = parse_value(cursor, self.template, 0)
        self._close(cursor)
        return Foreach(variable, source, self._body(cursor, start))

    def _macro(self, cursor: Cursor, start: int) -> Macro:
        cursor.space()
        name = cursor.take(_MACRO_NAME)
        if name is None:
            raise cursor.error(f"Expected a name in #macro, found {cursor.found()}")
        parameters: list[str] = []
        while True:
            cursor.take(_COMMA)
            parameter = cursor.take(_NAME)
            if parameter is None:
                break
            parameters.append(parameter[1])
        self._close(cursor)
        return Macro(name[0], tuple(parameters), self._body(cursor, start))

    def _macro_call(self, cursor: Cursor, name: str) -> MacroCall:
        arguments: list[Expression] = []
        if cursor.take(_ARGUMENTS):
            cursor.space()
            while not cursor.peek(")"):
                arguments.append(parse_value(cursor, self.template, 0))
                cursor.take(_COMMA)
            self._close(cursor)
        return MacroCall(name, tuple(arguments))

    def _with_value(self, cursor: Cursor, name: str, start: int) -> Statement:
        cursor.space()
        value = parse_value(cursor, self.template, 0)
        self._close(cursor)
        return Evaluate(value) if name == "evaluate" else Unavailable(name, cursor.place(start)[0])

    def _literal(self, cursor: Cursor, start: int) -> str:
        end = cursor.text.find("#end", cursor.position)
        if cursor.take(re.compile(r"\(\)")) is None or end < 0:
            raise cursor.error("#literal() is not closed with #end", start)
        text = cursor.text[cursor.position : end]
        cursor.position = end
        self._end(cursor, start)
        return text

    def _variable(self, cursor: Cursor, directive: str) -> str:
        cursor.space()
        match = cursor.take(_NAME)
        if match is None:
            raise cursor.error(f"Expected a variable in {directive}, found {cursor.found()}")
        return match[1]

    def _close(self, cursor: Cursor) -> None:
        cursor.expect(")", "at the end of a directive")
        cursor.take(_LINE_END)

    def _body(self, cursor: Cursor, start: int) -> Block:
        body = self._block(cursor)
        self._end(cursor, start)
        return body

    def _end(self, cursor: Cursor, start: int) -> None:
        name = _directive_name(cursor)
        if name != "end":
            what = _DIRECTIVE.match(cursor.text, start)
            raise cursor.error(f"{what[0] if what else 'A directive'} is not closed with #end", start)
        cursor.take(_DIRECTIVE)
        cursor.take(_LINE_END)


def _directive_name(cursor: Cursor) -> str:
    match = _DIRECTIVE.match(cursor.text, cursor.position)
    return (match[1] or match[2]) if match is not None else ""


def _one(cursor: Cursor) -> str:
    cursor.position += 1
    return cursor.text[cursor.position - 1]


def _add(statements: list[Statement], statement: Statement | str) -> None:
    """Append; neighbouring texts become one."""
    if not isinstance(statement, str):
        statements.append(statement)
        return
    if not statement:
        return
    last = statements[-1] if statements else None
    if isinstance(last, Text):
        statements[-1] = Text(last.text + statement)
    else:
        statements.append(Text(statement))
