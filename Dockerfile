# syntax=docker/dockerfile:1
# docker build -t cleanpress . && docker run --rm -u "$(id -u):$(id -g)" -v "$PWD:/data" cleanpress run scans/ -o clean/

FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN python -m venv /opt/cleanpress \
    && /opt/cleanpress/bin/pip install --no-cache-dir --disable-pip-version-check ".[parquet,zst]"

FROM python:3.12-slim
LABEL org.opencontainers.image.title="cleanpress" \
      org.opencontainers.image.description="The OCR text of Chinese newspaper pages, turned into articles" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/cleanpress /opt/cleanpress
ENV PATH="/opt/cleanpress/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# Nobody in particular: give -u to own what is written into a mounted folder.
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["cleanpress"]
CMD ["--help"]
