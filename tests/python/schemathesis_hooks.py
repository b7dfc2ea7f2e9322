# Loaded by schemathesis (tests/schemathesis.toml): bodies of media types that it does not write itself.
import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")
