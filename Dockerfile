# Restante: one binary on a small Debian. Build: docker build -t restante .

FROM rust:1-bookworm AS build
WORKDIR /build
# Dependencies first, with an empty crate around them: this layer is rebuilt only when the lock file changes.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src tests \
 && echo 'fn main() {}' > src/main.rs && touch src/lib.rs tests/main.rs \
 && cargo build --locked --profile dist \
 && rm -r src tests
COPY . .
# Newer than the empty crate, so that cargo sees the difference.
RUN mkdir -p tests && touch tests/main.rs src/main.rs src/lib.rs \
 && cargo build --locked --profile dist --bin restante \
 && mkdir -p /image/usr/local/bin /image/usr/share/doc/restante /image/data \
 && cp target/dist/restante /image/usr/local/bin/ \
 && cp LICENSE-MIT LICENSE-APACHE /image/usr/share/doc/restante/ \
 && cargo tree --locked --edges normal --prefix none --format '{p} {l} {r}' | sed 's/ (\*)$//; s/ (proc-macro)//; s/ (\/build)//' | sort -u \
    > /image/usr/share/doc/restante/crates.txt

FROM debian:bookworm-slim
# A numeric user: nothing here needs a name, a home or a shell. The certificate authorities are in the binary.
COPY --from=build /image/usr /usr
COPY --from=build --chown=10001:10001 /image/data /data
# Nothing here runs scripts, and whoever breaks in shall not either.
RUN ["find", "/bin/", "/usr/bin/", "(", "-name", "sh", "-o", "-name", "*ash", "-o", "-name", "perl*", ")", "-delete"]
USER 10001:10001
ENV RESTANTE_DATA=/data RESTANTE_LISTEN=0.0.0.0:8025
VOLUME /data
EXPOSE 8025
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/usr/local/bin/restante", "check", "--health"]
ENTRYPOINT ["/usr/local/bin/restante"]
CMD ["serve"]
