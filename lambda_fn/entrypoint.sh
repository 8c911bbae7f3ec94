#!/bin/sh
# One image, three doors. In Lambda the argument is a handler; for SageMaker it is `serve`; on a laptop there is none.
set -eu

if [ -n "${AWS_LAMBDA_RUNTIME_API:-}" ]; then
    # The base image's own way to awslambdaric.
    exec "${LAMBDA_ENTRYPOINT:-/lambda-entrypoint.sh}" "$@"
elif [ "${1:-}" = serve ]; then
    exec python -m lambda_fn --host 0.0.0.0 --port 8080
else
    exec python -m lambda_fn --host 0.0.0.0 --port "${VALENCE_PORT:-8000}"
fi
