const listOfPorts = /^(\s*ports:\s*)\[(.*)\]\s*$/;
const publishedPort = /^(["'])((?:\d+\.\d+\.\d+\.\d+:)?)\d+(?:-\d+)?:(\d+)\1$/;

/**
 * A compose file whose published ports are free ones that the system chooses, on the same addresses as before. It can't be a
 * second file beside the first: compose would publish the ports of both. Throws for ports written otherwise than as a list of
 * 'address:port:port' on one line.
 */
export function withFreePorts(composeFile) {
  return composeFile
    .split('\n')
    .map((line) => {
      if (!/^\s*ports:/.test(line)) return line;
      const [, begin, list] = listOfPorts.exec(line) ?? unreadable(line);
      return `${begin}[${list
        .split(',')
        .map((port) => freed(port.trim(), line))
        .join(', ')}]`;
    })
    .join('\n');
}

function freed(port, line) {
  const [, , address, inside] = publishedPort.exec(port) ?? unreadable(line);
  // '127.0.0.1::8080': any free port of this address.
  return `'${address && `${address}:`}${inside}'`;
}

function unreadable(line) {
  throw new Error(`Ports of docker-compose.yml are expected as ['127.0.0.1:8080-8089:8080'], found: ${line.trim()}`);
}
