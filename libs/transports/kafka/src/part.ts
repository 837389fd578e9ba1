const longestMs = 2_000;

/**
 * Waits for a goodbye to the brokers, but not for brokers that don't answer: then the connection ends by itself with the
 * timeout of its request.
 */
export async function part(goodbye: Promise<void>, onError: (error: Error) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longestMs);
  });
  await Promise.race([goodbye.catch(onError), late]);
  clearTimeout(timer);
}
