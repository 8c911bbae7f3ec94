#!/bin/sh
# One image for Lambda, SageMaker and a laptop. In Lambda the argument is a handler, for SageMaker it is `serve`, and on a
# laptop there is none but the image's default.
set -eu

refuse() {
    printf '%s\n' "$1" >&2
    exit 2
}

use_mounted_models() {
    if [ -f "$1/bundle.json" ]; then
        refuse "$1 is a bundle, but must be a folder with a bundle in each subfolder. Pack model.tar.gz from the parent folder: tar -czf model.tar.gz reviews"
    elif [ -d "$1" ] && [ -n "$(ls -A "$1")" ]; then
        export VALENCE_MODELS="$1"
    fi
}

if [ -n "${AWS_LAMBDA_RUNTIME_API:-}" ]; then
    # The base image's own way to awslambdaric.
    exec "${LAMBDA_ENTRYPOINT:-/lambda-entrypoint.sh}" "$@"
fi

case "${1:-}" in
serve)
    # SageMaker unpacks model.tar.gz here; without one, the image's own models are served.
    use_mounted_models "${SM_MODEL_DIR:-/opt/ml/model}"
    exec python -m lambda_fn --host 0.0.0.0 --port "${SAGEMAKER_BIND_TO_PORT:-8080}"
    ;;
"" | lambda_fn.handler.handler)
    exec python -m lambda_fn --host 0.0.0.0 --port "${VALENCE_PORT:-8000}"
    ;;
train)
    refuse "This image serves models and trains none. Train with \`python -m training\`, and serve the bundle that \`python -m model_export\` writes."
    ;;
*)
    refuse "Unknown argument: $1. Use \`serve\` for SageMaker, or none to serve on port 8000."
    ;;
esac
