FROM debian:bookworm-slim
RUN echo Hello, 'it'\''s me' > /greeting
CMD ["cat", "/greeting"]
