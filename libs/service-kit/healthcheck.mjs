// The health check of a container: whether this service's /readyz says that it is ready. Needs no curl in the image.
const port = process.env.OMNINODE_HTTP_PORT ?? '8080';
try {
  const { status } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
  process.exit(status === 200 ? 0 : 1);
} catch (error) {
  console.error(`nothing answers on port ${port}: ${error.message}`);
  process.exit(1);
}
