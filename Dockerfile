# syntax=docker/dockerfile:1
# The image holds one static binary, the CA certificates for models over HTTPS,
# and two folders: /data, a volume for all that is kept, and /tmp.
#
#   make image
#   docker run -p 8000:8000 -e DOCENT_AUTH_OPEN_TO_EVERYONE=true \
#     -v ./docs:/docs:ro -v docent-data:/data docent serve --docs /docs

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH
ARG VERSION=dev COMMIT= COMMIT_TIME=
# timetzdata puts the time zones into the binary.
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -tags timetzdata -buildvcs=false \
      -ldflags "-s -w -X main.version=$VERSION -X main.revision=$COMMIT -X main.revisionTime=$COMMIT_TIME" \
      -o /image/docent ./cmd/docent \
 && install -D -m 0644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt \
 && install -d -m 1777 /image/tmp \
 && install -d -m 0700 /data

FROM scratch
COPY --from=build /image/ /
# A number, so that Kubernetes can see that it is not root.
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
# In a container, loopback would be reached by nobody. Say who may ask with
# DOCENT_AUTH_OPEN_TO_EVERYONE=true, or serve ends with exit code 2.
ENV HOST=0.0.0.0 DOCENT_DATA_DIR=/data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s CMD ["/docent", "health"]
ENTRYPOINT ["/docent"]
CMD ["serve"]
