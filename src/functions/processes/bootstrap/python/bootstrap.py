"""Runs Python handlers against the Lambda Runtime API.

A published runtime client (the package awslambdaric) is used when the function can import it; this file is the client
for everybody else. Standard library only, any Python from 3.8.
"""

import http.client
import importlib
import importlib.util
import json
import logging
import os
import sys
import time
import traceback

PREFIX = "/2018-06-01/runtime"
ERROR_TYPE_HEADER = "Lambda-Runtime-Function-Error-Type"
ERROR_CONTENT = "application/vnd.aws.lambda.error+json"
TRACE_VARIABLE = "_X_AMZN_TRACE_ID"


class RuntimeApi:
    """One connection to the Runtime API, opened again when it broke."""

    def __init__(self, address):
        self._address = address
        self._connection = None

    def next(self):
        return self._call("GET", "/invocation/next", None, {})

    def respond(self, request_id, body, content_type):
        path = "/invocation/" + request_id + "/response"
        self._call("POST", path, body, {"Content-Type": content_type})

    def fail(self, request_id, error):
        path = "/invocation/" + request_id + "/error"
        self._call("POST", path, encoded(error), error_headers(error))

    def fail_initialisation(self, error):
        self._call("POST", "/init/error", encoded(error), error_headers(error))

    def _call(self, method, path, body, headers):
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._address)
        self._connection.request(method, PREFIX + path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status >= 500:
            sys.exit(1)
        return response.headers, content


def encoded(error):
    return json.dumps(error, ensure_ascii=False).encode("utf-8", "surrogatepass")


def error_headers(error):
    kind = error["errorType"].encode("utf-8").decode("latin-1")
    return {"Content-Type": ERROR_CONTENT, ERROR_TYPE_HEADER: kind}


class Attributes:
    """A part of the context, as attributes."""

    def __init__(self, **values):
        self.__dict__.update(values)

    def __repr__(self):
        return type(self).__name__ + "(" + repr(self.__dict__) + ")"


class CognitoIdentity(Attributes):
    pass


class Client(Attributes):
    pass


class ClientContext(Attributes):
    pass


class LambdaContext:
    """The second argument of a handler."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn")
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        self.client_context = client_context(text_of(headers, "Lambda-Runtime-Client-Context"))
        self.identity = identity(text_of(headers, "Lambda-Runtime-Cognito-Identity"))
        self._epoch_deadline_time_in_ms = int(headers.get("Lambda-Runtime-Deadline-Ms") or 0)

    def get_remaining_time_in_millis(self):
        remaining = self._epoch_deadline_time_in_ms - int(time.time() * 1000)
        return max(0, remaining)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        return "LambdaContext(" + repr(self.__dict__) + ")"


def text_of(headers, name):
    """Headers come as one character for each byte; what they hold is UTF-8."""
    value = headers.get(name)
    return None if value is None else value.encode("latin-1").decode("utf-8")


def client_context(text):
    if not text:
        return None
    given = json.loads(text)
    if not isinstance(given, dict):
        return None
    client = given.get("client")
    names = ["installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"]
    return ClientContext(
        client=Client(**{name: client.get(name) for name in names}) if isinstance(client, dict) else None,
        custom=given.get("custom"),
        env=given.get("env"),
    )


def identity(text):
    given = json.loads(text) if text else {}
    return CognitoIdentity(
        cognito_identity_id=given.get("cognitoIdentityId"),
        cognito_identity_pool_id=given.get("cognitoIdentityPoolId"),
    )


# Logging. Whatever is printed goes out as it is; the logging module's root handler writes lines with level and request.

IS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"
JSON_LEVELS = {"TRACE": 10, "DEBUG": 10, "INFO": 20, "WARN": 30, "ERROR": 40, "FATAL": 50}
STANDARD_FIELDS = set(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "aws_request_id"}
current_request_id = None


def write_entry(text):
    """One entry of the log, however many lines it has: carriage returns hold them together."""
    sys.stdout.write(text.rstrip("\r\n").replace("\r\n", "\n").replace("\n", "\r") + "\n")
    sys.stdout.flush()


class RequestFilter(logging.Filter):
    """Gives every record the id of the request under way."""

    def filter(self, record):
        record.aws_request_id = current_request_id or ""
        return True


class JsonFormatter(logging.Formatter):
    converter = time.gmtime

    def format(self, record):
        entry = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + ".%03dZ" % record.msecs,
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0] is not None:
            kind, value, trace = record.exc_info
            entry["stackTrace"] = traceback.format_tb(trace)
            entry["errorType"] = kind.__name__
            entry["errorMessage"] = str(value)
            entry["location"] = "{}:{}:{}".format(record.pathname, record.funcName, record.lineno)
        if current_request_id is not None:
            entry["requestId"] = current_request_id
        for name, value in record.__dict__.items():
            if name not in STANDARD_FIELDS and name not in entry:
                entry[name] = value
        return json.dumps(entry, default=str, ensure_ascii=False) + "\n"


class StreamOut(logging.Handler):
    """Writes to what is the standard output at that time."""

    def emit(self, record):
        try:
            write_entry(self.format(record))
        except Exception:
            self.handleError(record)


def set_up_logging():
    handler = StreamOut()
    if IS_JSON:
        handler.setFormatter(JsonFormatter())
    else:
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
        )
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
    handler.addFilter(RequestFilter())
    logging.root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "")
    if IS_JSON and level in JSON_LEVELS:
        logging.root.setLevel(JSON_LEVELS[level])


def indented(line):
    """A line of a traceback begins with spaces that do not break, as Lambda writes it."""
    text = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(text)) + text


def log_error(error):
    """An error that nobody caught, as it stands in the log."""
    sys.stdout.flush()
    if IS_JSON:
        entry = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "level": "ERROR"}
        text = json.dumps(dict(entry, **error), ensure_ascii=False)
    else:
        text = "[ERROR] " + error["errorType"]
        if error["errorMessage"]:
            text += ": " + error["errorMessage"]
        lines = [line for entry in error["stackTrace"] for line in entry.splitlines()]
        text = "\n".join([text, "Traceback (most recent call last):"] + [indented(line) for line in lines])
    write_entry(text)


def error_of(request_id, error_type, message, trace):
    return {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": traceback.format_list(trace),
    }


def handler_error(request_id, error):
    """The error of a handler, with the frames of its own code and below."""
    trace = list(traceback.extract_tb(error.__traceback__))
    while trace and trace[0].filename == __file__:
        trace.pop(0)
    return error_of(request_id, type(error).__name__, str(error), trace)


# Finding the handler.


class InitError(Exception):
    """Why there is no handler."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error = error_of("", error_type, message, list(trace))


def load_handler(name):
    if "." not in name:
        message = "Bad handler '{}': not enough values to unpack (expected 2, got 1)".format(name)
        raise InitError("Runtime.MalformedHandlerName", message)
    module_name, function_name = name.rsplit(".", 1)
    module = import_module(module_name)
    handler = getattr(module, function_name, None)
    if handler is None:
        message = "Handler '{}' missing on module '{}'".format(function_name, module_name)
        raise InitError("Runtime.HandlerNotFound", message)
    return handler


def import_module(module_name):
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = "Cannot use built-in module {} as a handler module".format(module_name)
        raise InitError("Runtime.BuiltInModuleConflict", message)
    try:
        return importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = "Unable to import module '{}': {}".format(module_name, error)
        raise InitError("Runtime.ImportModuleError", message)
    except SyntaxError as error:
        message = "Syntax error in module '{}': {}".format(module_name, error)
        place = '  File "{}" Line {}\n    {}'.format(error.filename, error.lineno, error.text)
        fault = InitError("Runtime.UserCodeSyntaxError", message)
        fault.error["stackTrace"] = [place]
        raise fault


# Running it.


def run_one(api, handler):
    global current_request_id
    headers, event = api.next()
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    current_request_id = request_id
    trace_id = headers.get("Lambda-Runtime-Trace-Id")
    if trace_id:
        os.environ[TRACE_VARIABLE] = trace_id
    else:
        os.environ.pop(TRACE_VARIABLE, None)
    error, answer = None, None
    try:
        answer = answer_of(request_id, handler, event, headers)
    except MarshalError as fault:
        error = fault.error
    except Exception as fault:
        error = handler_error(request_id, fault)
    sys.stdout.flush()
    sys.stderr.flush()
    if error is None:
        api.respond(request_id, *answer)
    else:
        log_error(error)
        api.fail(request_id, error)


class MarshalError(Exception):
    """An event or a result that is not JSON."""

    def __init__(self, request_id, error_type, message):
        super().__init__(message)
        self.error = error_of(request_id, error_type, message, [])


# Up to Python 3.11 Lambda escapes all that is not ASCII.
IS_ESCAPED = os.environ.get("AWS_EXECUTION_ENV", "").split("python3.")[-1] in ("8", "9", "10", "11")


def answer_of(request_id, handler, event, headers):
    try:
        value = json.loads(event)
    except Exception as error:
        message = "Unable to unmarshal input: " + str(error)
        raise MarshalError(request_id, "Runtime.UnmarshalError", message)
    result = handler(value, LambdaContext(headers))
    if isinstance(result, bytes):
        return result, "application/unknown"
    try:
        text = json.dumps(result, ensure_ascii=IS_ESCAPED, default=decimal_value)
        return text.encode("utf-8"), "application/json"
    except Exception as error:
        message = "Unable to marshal response: " + str(error)
        raise MarshalError(request_id, "Runtime.MarshalError", message)


def decimal_value(value):
    """Numbers as DynamoDB's client gives them are JSON numbers; nothing else of Python's own is."""
    import decimal

    if isinstance(value, decimal.Decimal):
        if value != value:
            return float("nan")
        return float(value) if value % 1 else int(value)
    raise TypeError("Object of type {} is not JSON serializable".format(type(value).__name__))


def main(handler_name):
    task_root = os.environ.get("LAMBDA_TASK_ROOT", os.getcwd())
    sys.path[0] = task_root
    if importlib.util.find_spec("awslambdaric") is not None:
        import runpy

        sys.argv = ["awslambdaric", handler_name]
        runpy.run_module("awslambdaric", run_name="__main__")
        return
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    set_up_logging()
    try:
        handler = load_handler(handler_name)
    except InitError as fault:
        error = fault.error
    except Exception as fault:
        error = handler_error("", fault)
    else:
        while True:
            run_one(api, handler)
    log_error(error)
    api.fail_initialisation(error)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
