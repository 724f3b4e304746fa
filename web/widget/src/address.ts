// Where links lead.

// serverOf gives the folder that a script of the server was loaded from, which
// carries the path prefix that a proxy may have put before it.
export function serverOf(script: string): URL {
  return new URL(".", script);
}

// under resolves an address against a server's. A rooted one (/docs/...)
// stands under the server's path prefix, which it may carry already. Only http
// and https lead anywhere: everything else is null.
export function under(server: URL, address: string): string | null {
  const prefix = server.pathname;
  const rooted = address.startsWith("/") && !address.startsWith("//") && !address.startsWith(prefix);
  try {
    const url = new URL(rooted ? address.slice(1) : address, server);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}
