# One image, two commands: `serve` (the REST API, the default) and `work` (a worker).
#   docker build -t bakeoff .                            PyTorch for the CPU
#   docker build -t bakeoff --build-arg DEVICE=cuda .    PyTorch with CUDA
ARG PYTHON=3.12
FROM python:${PYTHON}-slim

ARG DEVICE=cpu
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/venv/bin:$PATH

# What changes seldom first: the dependencies are installed once for all versions of the code.
WORKDIR /opt/bakeoff
RUN python -m venv /opt/venv
COPY pyproject.toml README.md LICENSE NOTICE ./
# PyPI's wheels of torch for Linux bring CUDA (gigabytes); PyTorch's own index has them without.
# pyproject.toml pins every version, which hadolint does not see.
# hadolint ignore=DL3013
RUN if [ "$DEVICE" = cpu ]; then export PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu; fi \
    && pip install '.[server,postgresql]' \
    && pip uninstall --yes bakeoff
COPY bakeoff ./bakeoff
COPY models ./models
COPY workers ./workers
COPY service ./service
RUN pip install --no-deps .

RUN useradd --system --uid 10001 --create-home bakeoff \
    && install --directory --owner bakeoff /data
USER 10001
WORKDIR /data
ENV BAKEOFF_DATA=/data \
    BAKEOFF_HOST=0.0.0.0
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["bakeoff"]
CMD ["serve"]
